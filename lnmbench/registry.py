"""Finds plugins, looks their names up, and says what went wrong with which."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, cast

import pluggy

from lnmbench import choices, contracts
from lnmbench.choices import Parameter
from lnmbench.errors import UserError, nearest
from lnmbench.hookspecs import Hooks
from lnmbench.plugin_faults import GROUP, checksum, import_file, misspelled, not_an_offer, reason
from lnmbench.records import Choice

BLOCK = "LNMBENCH_BLOCK"
PLUGINS = "LNMBENCH_PLUGINS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role that a plugin can play: its word, the word for many, and what a factory must make.

    `parameters` are understood by the core, for everything of this role.
    """

    word: str
    words: str
    contract: type | None
    parameters: tuple[Parameter, ...] = ()

    @property
    def hook(self) -> str:
        """The hook that offers it."""
        return f"register_{self.words.replace(' ', '_')}"


# where an encoder is cut: its name is that of the first stage that is trained with the head
TRAIN = Parameter(name="train", annotation=str, default="none")

# a control: 0 keeps the labels of an auxiliary task, any other number deals them out at random
SHUFFLED = Parameter(name="shuffled", annotation=int, default=0)
# what the weights of an encoder have seen, where its name does not tell: `cohort`, or other words
PRETRAINED_ON = Parameter(name="pretrained_on", annotation=str, default="")

ROLES: tuple[Role, ...] = (
    Role(word="dataset", words="datasets", contract=contracts.Dataset),
    Role(word="report reader", words="report readers", contract=contracts.ReportReader),
    Role(word="target", words="targets", contract=contracts.Target),
    Role(
        word="encoder",
        words="encoders",
        contract=contracts.Encoder,
        parameters=(TRAIN, PRETRAINED_ON),
    ),
    Role(word="aux task", words="aux tasks", contract=contracts.AuxTask, parameters=(SHUFFLED,)),
    Role(word="weighting", words="weightings", contract=contracts.Weighting),
    Role(word="baseline", words="baselines", contract=contracts.Baseline),
    Role(word="executor", words="executors", contract=None),
    Role(word="metric", words="metrics", contract=contracts.Metric),
    Role(word="comparison", words="comparisons", contract=contracts.Comparison),
    Role(word="check", words="checks", contract=contracts.Check),
    Role(word="section", words="sections", contract=contracts.Section),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with a plugin, in one line that says how to go on without it."""

    plugin: str
    line: str
    explicit: bool

    def __str__(self) -> str:
        return f"plugin {self.plugin} {self.line}; {BLOCK}={self.plugin} goes on without it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One name that a plugin offers for a role."""

    role: Role
    name: str
    factory: Callable[..., object]
    plugin: str

    @property
    def summary(self) -> str:
        """The first line of the factory's docstring."""
        text = (self.factory.__doc__ or "").strip()
        return text.splitlines()[0] if text else ""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What can be chosen: the factory's parameters, then those of the role."""
        return (*choices.parameters_of(self.factory), *self.role.parameters)

    def bind(self, choice: Choice) -> Choice:
        """Return the choice with all parameters, typed; `UserError` for what does not fit."""
        role = self.role
        return choices.bind(choice, self.factory, role=role.word, beside=role.parameters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """A plugin that was found: its name, where it is, and what identifies its version."""

    name: str
    place: str
    version: str
    explicit: bool


class Registry:
    """Every plugin that could be loaded, and what they offer.

    Loading never raises for a plugin's fault: it ends in `problems`.
    """

    def __init__(self, extra: Sequence[str] = ()) -> None:
        self._manager = pluggy.PluginManager(GROUP)
        self._manager.add_hookspecs(Hooks)
        self.plugins: dict[str, Plugin] = {}
        self.problems: list[Problem] = []
        self._offers: dict[str, dict[str, list[Offer]]] = {}
        blocked = set(_listed(os.environ.get(BLOCK, ""), ","))
        for point in sorted(entry_points(group=GROUP), key=lambda p: p.name):
            if point.name not in blocked:
                self._load(point.name, point.value, False, point.load, _version_of(point))
        for text in [*_listed(os.environ.get(PLUGINS, ""), os.pathsep), *extra]:
            self._load_named(text, blocked)

    @property
    def hook(self) -> pluggy.HookRelay:
        """The hooks to call for moments (`run_started`, …)."""
        return self._manager.hook

    def offers(self, role: str) -> list[Offer]:
        """Return what plugins offer for a role (its word), in the order in which they came."""
        by_name = self._collect(_role(role))
        return [offers[0] for offers in by_name.values() if len(offers) == 1]

    def offer(self, role: str, name: str) -> Offer:
        """Return the one offer of a name, or raise `UserError` with the nearest match."""
        by_name = self._collect(_role(role))
        offers = by_name.get(name, [])
        if len(offers) == 1:
            return offers[0]
        if offers:
            places = " and ".join(self._place(offer) for offer in offers)
            raise UserError(
                f"{role} {name} is offered twice, by {places}",
                then=f"block one of them, e.g. {BLOCK}={offers[-1].plugin}",
            )
        raise UserError(f"unknown {role} {name!r}", then=nearest(name, by_name))

    def bind(self, role: str, choice: Choice) -> Choice:
        """Return the choice with all parameters of its factory, typed."""
        return self.offer(role, choice.name).bind(choice)

    def build(self, role: str, choice: Choice) -> Any:
        """Return the object that a choice names; `UserError` where it breaks its contract."""
        offer = self.offer(role, choice.name)
        own = offer.bind(choice).parameters
        beside = {parameter.name for parameter in offer.role.parameters}
        try:
            made = offer.factory(**{k: v for k, v in own.items() if k not in beside})
        except UserError:
            raise
        except Exception as error:
            place = self.plugins[offer.plugin].place
            raise UserError(
                f"{role} {choice} of plugin {offer.plugin} cannot be made ({reason(error, place)})",
                then=f"mend it, or {BLOCK}={offer.plugin} goes on without it",
            ) from error
        contract = offer.role.contract
        lacking = [] if contract is None else _lacking(made, contract)
        if contract is not None and lacking:
            raise UserError(
                f"{role} {choice.name} of plugin {offer.plugin} is not a {contract.__name__}",
                expected=f"the members {', '.join(_members(contract))}",
                got=f"{type(made).__name__} without {', '.join(lacking)}",
                then="see lnmbench.contracts",
            )
        return made

    def version(self, role: str, name: str) -> tuple[str, str]:
        """Return (plugin, version) of the plugin that offers a name."""
        plugin = self.plugins[self.offer(role, name).plugin]
        return plugin.name, plugin.version

    def refuse_problems(self) -> None:
        """Raise `UserError` for the first plugin that was asked for by name and is not usable."""
        for role in ROLES:
            self._collect(role)
        for problem in self.problems:
            if problem.explicit:
                raise UserError(str(problem))

    def _load_named(self, text: str, blocked: set[str]) -> None:
        path = Path(text)
        is_file = path.suffix == ".py" or path.is_file()
        name = path.stem if is_file else text
        if name in blocked:
            return
        if is_file and not path.is_file():
            self._complain(name, f"is not there (expected a Python file at {text})", explicit=True)
        elif is_file:
            version = "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()[:16]
            self._load(name, text, True, lambda: import_file(path), version)
        else:
            self._load(name, text, True, lambda: importlib.import_module(text), checksum(text))

    def _load(
        self, name: str, place: str, explicit: bool, load: Callable[[], object], version: str
    ) -> None:
        if name in self.plugins:
            self._complain(name, f"is found twice: {self.plugins[name].place}, {place}", explicit)
            return
        try:
            module = load()
        except (Exception, SystemExit) as error:  # a plugin's import may raise anything
            self._complain(name, f"fails to import ({reason(error, place)})", explicit)
            return
        wrong = misspelled(module)
        if wrong:
            self._complain(name, wrong, explicit)
            return
        try:
            self._manager.register(module, name=name)
        except (pluggy.PluginValidationError, ValueError) as error:
            self._manager.unregister(name=name)
            self._complain(name, f"cannot be registered ({reason(error, place)})", explicit)
            return
        self.plugins[name] = Plugin(name=name, place=place, version=version, explicit=explicit)

    def _collect(self, role: Role) -> dict[str, list[Offer]]:
        if role.word not in self._offers:
            by_name: dict[str, list[Offer]] = {}
            for impl in getattr(self._manager.hook, role.hook).get_hookimpls():
                for offer in self._ask(role, impl):
                    by_name.setdefault(offer.name, []).append(offer)
            self._offers[role.word] = by_name
            for name, offers in by_name.items():
                if len(offers) > 1:
                    first = self._place(offers[0])
                    line = f"offers the {role.word} {name} that {first} offers too"
                    explicit = self.plugins[offers[-1].plugin].explicit
                    self._complain(offers[-1].plugin, line, explicit)
        return self._offers[role.word]

    def _ask(self, role: Role, impl: pluggy.HookImpl) -> list[Offer]:
        plugin = self.plugins[impl.plugin_name]
        try:
            offered = impl.function()
        except (Exception, SystemExit) as error:  # likewise
            line = f"fails in {role.hook} ({reason(error, plugin.place)})"
            self._complain(plugin.name, line, plugin.explicit)
            return []
        wrong = not_an_offer(offered)
        if wrong:
            line = f"returns {wrong} from {role.hook}, expected a mapping of names to factories"
            self._complain(plugin.name, line, plugin.explicit)
            return []
        named = cast("Mapping[str, Callable[..., object]]", offered)
        try:
            for factory in named.values():
                choices.parameters_of(factory)
        except (TypeError, NameError, ValueError) as error:
            line = f"offers a factory that cannot be called by name ({error})"
            self._complain(plugin.name, line, plugin.explicit)
            return []
        return [
            Offer(role=role, name=name, factory=factory, plugin=plugin.name)
            for name, factory in named.items()
        ]

    def _place(self, offer: Offer) -> str:
        return f"{offer.plugin} ({self.plugins[offer.plugin].place})"

    def _complain(self, plugin: str, line: str, explicit: bool) -> None:
        self.problems.append(Problem(plugin=plugin, line=line, explicit=explicit))


def _listed(text: str, separator: str) -> list[str]:
    return [part.strip() for part in text.split(separator) if part.strip()]


def _role(word: str) -> Role:
    return next(role for role in ROLES if role.word == word)


def _version_of(point: EntryPoint) -> str:
    return point.dist.version if point.dist is not None else ""


def _lacking(made: object, contract: type) -> list[str]:
    """The members that an object has not; looked up without computing any of them."""
    return [name for name in _members(contract) if not _is_there(made, name)]


def _is_there(made: object, name: str) -> bool:
    nothing = object()
    if inspect.getattr_static(made, name, nothing) is nothing:
        return hasattr(made, name)
    return True


def _members(contract: type) -> list[str]:
    names: Iterable[str] = getattr(contract, "__protocol_attrs__", None) or (
        set(vars(contract)) | set(getattr(contract, "__annotations__", {}))
    )
    return sorted(n for n in names if not n.startswith("_") or n == "__call__")
