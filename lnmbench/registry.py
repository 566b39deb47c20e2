"""Finds plugins, looks their names up, and says what went wrong with which."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import pluggy

from lnmbench import choices, contracts
from lnmbench.errors import UserError, nearest
from lnmbench.hookspecs import Hooks
from lnmbench.records import Choice

GROUP = "lnmbench"
BLOCK = "LNMBENCH_BLOCK"
PLUGINS = "LNMBENCH_PLUGINS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role that a plugin can play: its word, the word for many, and what a factory must make."""

    word: str
    words: str
    contract: type | None

    @property
    def hook(self) -> str:
        """The hook that offers it."""
        return f"register_{self.words.replace(' ', '_')}"


ROLES: tuple[Role, ...] = (
    Role(word="dataset", words="datasets", contract=contracts.Dataset),
    Role(word="target", words="targets", contract=contracts.Target),
    Role(word="encoder", words="encoders", contract=contracts.Encoder),
    Role(word="aux task", words="aux tasks", contract=contracts.AuxTask),
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
        return choices.bind(choice, self.offer(role, choice.name).factory, role=role)

    def build(self, role: str, choice: Choice) -> Any:
        """Return the object that a choice names; `UserError` where it breaks its contract."""
        offer = self.offer(role, choice.name)
        bound = choices.bind(choice, offer.factory, role=role)
        made = offer.factory(**bound.parameters)
        contract = offer.role.contract
        if contract is not None and not isinstance(made, contract):
            lacking = [name for name in _members(contract) if not hasattr(made, name)]
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
        is_file = path.suffix == ".py" or path.exists()
        name = path.stem if is_file else text
        if name in blocked:
            return
        if is_file and not path.is_file():
            self._complain(name, f"is not there (expected a Python file at {text})", explicit=True)
        elif is_file:
            version = "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()[:16]
            self._load(name, text, True, lambda: _import_file(path), version)
        else:
            self._load(name, text, True, lambda: importlib.import_module(text), "")

    def _load(
        self, name: str, place: str, explicit: bool, load: Callable[[], object], version: str
    ) -> None:
        if name in self.plugins:
            self._complain(name, f"is found twice: {self.plugins[name].place}, {place}", explicit)
            return
        try:
            module = load()
        except (Exception, SystemExit) as error:  # a plugin's import may raise anything
            self._complain(name, f"fails to import ({_reason(error, place)})", explicit)
            return
        wrong = _misspelt(module)
        if wrong:
            self._complain(name, wrong, explicit)
            return
        try:
            self._manager.register(module, name=name)
        except (pluggy.PluginValidationError, ValueError) as error:
            self._manager.unregister(name=name)
            self._complain(name, f"cannot be registered ({_reason(error, place)})", explicit)
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
            reason = _reason(error, plugin.place)
            self._complain(plugin.name, f"fails in {role.hook} ({reason})", plugin.explicit)
            return []
        wrong = _not_an_offer(offered)
        if wrong:
            line = f"returns {wrong} from {role.hook}, expected a mapping of names to factories"
            self._complain(plugin.name, line, plugin.explicit)
            return []
        named = cast("Mapping[str, Callable[..., object]]", offered)
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


def _import_file(path: Path) -> ModuleType:
    name = f"lnmbench_plugin_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickling look the module up by its name
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _reason(error: BaseException, place: str) -> str:
    line, traceback = "", error.__traceback__
    while traceback is not None:
        if Path(traceback.tb_frame.f_code.co_filename).name == Path(place).name:
            line = f", line {traceback.tb_lineno}"
        traceback = traceback.tb_next
    text = " ".join(str(error).split())
    return f"{place}{line}: {type(error).__name__}: {text}"[:240]


def _hook_names() -> list[str]:
    return [name for name in vars(Hooks) if not name.startswith("_")]


def _misspelt(module: object) -> str:
    known = _hook_names()
    for name, thing in vars(module).items():
        marked = hasattr(thing, f"{GROUP}_impl")
        if marked and name not in known:
            return f"has a hook {name} that does not exist: {nearest(name, known)}"
        if not marked and name in known and callable(thing):
            return f"has {name} without @lnmbench.hookimpl"
    return ""


def _not_an_offer(offered: object) -> str:
    if not isinstance(offered, Mapping):
        return type(offered).__name__
    for name, factory in offered.items():
        if not isinstance(name, str) or not callable(factory):
            return f"{name!r}: {type(factory).__name__}"
    return ""


def _members(contract: type) -> list[str]:
    names: Iterable[str] = getattr(contract, "__protocol_attrs__", None) or (
        set(vars(contract)) | set(getattr(contract, "__annotations__", {}))
    )
    return sorted(n for n in names if not n.startswith("_") or n == "__call__")
