"""Roles and offers: what plugins offer for one role, looked up, bound and built."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast, get_args

from lnmbench import contracts
from lnmbench.errors import UserError, nearest
from lnmbench.parameters import Parameter, argument_name, bind, parameters_of
from lnmbench.records import Choice, Control
from lnmbench.registry.boundary import Boundary, guard
from lnmbench.registry.boundary.values import Unexpected
from lnmbench.registry.faults import describe_offer_fault, is_interrupt
from lnmbench.registry.plugins import BLOCK, LoadedPlugins, Plugin
from lnmbench.text import clean

T_co = TypeVar("T_co", covariant=True)


class Role(Generic[T_co]):
    """One role that plugins can play, and what they offer for it.

    Parameters
    ----------
    loaded
        The plugins to ask.
    name
        The role in the singular, e.g. `aux task`.
    contract
        The class whose members every built object must have.
    parameters
        Parameters that the core itself understands, for every offer of this role.
    alternatives
        Classes whose members an object may have instead.
    """

    def __init__(
        self,
        loaded: LoadedPlugins,
        name: str,
        contract: type[object],
        *,
        parameters: tuple[Parameter, ...] = (),
        alternatives: tuple[type[object], ...] = (),
    ) -> None:
        self.name = name
        self.contract = contract
        self.alternatives = alternatives
        self.parameters = parameters
        self._loaded = loaded
        self._cache: dict[str, list[Offer[T_co]]] | None = None

    @property
    def plural(self) -> str:
        """The role in the plural."""
        return f"{self.name}s"

    @property
    def hook(self) -> str:
        """The hook that offers it."""
        return f"register_{self.plural.replace(' ', '_')}"

    def offers(self) -> list[Offer[T_co]]:
        """Return what plugins offer, in the order of registration, without ambiguous names."""
        return [offers[0] for offers in self._by_name().values() if len(offers) == 1]

    def offer(self, name: str) -> Offer[T_co]:
        """Return the offer of a name.

        Raises
        ------
        UserError
            If no plugin offers the name (with the nearest match), or more than one does.
        """
        by_name = self._by_name()
        offers = by_name.get(name, [])
        if len(offers) == 1:
            return offers[0]
        if offers:
            origins = " and ".join(str(offer.plugin) for offer in offers)
            raise UserError(
                f"{self.name} {name} is offered twice, by {origins}",
                then=f"block one of them, e.g. {BLOCK}={offers[-1].plugin.name}",
            )
        raise UserError(f"unknown {self.name} {name!r}", then=nearest(name, by_name))

    def plugins(self, name: str) -> tuple[Plugin, ...]:
        """Return the plugins that offer a name."""
        return tuple(offer.plugin for offer in self._by_name().get(name, []))

    def bind(self, choice: Choice) -> Choice:
        """Return the choice with all parameters of its factory, typed."""
        return self.offer(choice.name).bind(choice)

    def select(self, choice: Choice) -> Selection[T_co]:
        """Return the offer that a choice names, with the choice bound to its parameters."""
        return self.offer(choice.name).select(choice)

    def build(self, choice: Choice) -> T_co:
        """Return the object that a choice names; `UserError` if it breaks its contract."""
        return self.offer(choice.name).build(choice)

    def version(self, name: str) -> tuple[str, str]:
        """Return (plugin, version) of the plugin that offers a name."""
        plugin = self.offer(name).plugin
        return plugin.name, plugin.version

    def _by_name(self) -> Mapping[str, list[Offer[T_co]]]:
        if self._cache is None:
            self._cache = {}
            for plugin, function in self._loaded.implementations(self.hook):
                for offer in self._read_offers(plugin, function):
                    self._cache.setdefault(offer.name, []).append(offer)
            for name, (first, *others) in self._cache.items():
                if others:
                    line = f"offers the {self.name} {name} that {first.plugin} offers too"
                    self._loaded.add_problem(others[-1].plugin, line)
        return self._cache

    def _read_offers(self, plugin: Plugin, function: Callable[[], object]) -> Sequence[Offer[T_co]]:
        """Return the offers of a plugin's hook; a fault is recorded as a problem."""
        try:
            offered = function()
            fault = describe_offer_fault(offered)
        except BaseException as error:  # a plugin's hook may raise anything
            if is_interrupt(error, plugin.module):
                raise
            line = f"fails in {self.hook} ({plugin.describe(error)})"
            self._loaded.add_problem(plugin, line)
            return ()
        if fault:
            line = f"returns {fault} from {self.hook}, expected a mapping of names to factories"
            self._loaded.add_problem(plugin, line)
            return ()
        factories = cast("Mapping[str, Callable[..., T_co]]", offered)
        try:
            return [
                Offer(
                    role=self,
                    name=name,
                    factory=factory,
                    plugin=plugin,
                    parameters=(*self._read_parameters(factory), *self.parameters),
                )
                for name, factory in factories.items()
            ]
        except Exception as error:  # signatures and annotations of a plugin may be anything
            line = f"offers a factory that cannot be called by name ({error})"
            self._loaded.add_problem(plugin, line)
            return ()

    def _read_parameters(self, factory: Callable[..., object]) -> tuple[Parameter, ...]:
        """Return the parameters of a factory; `TypeError` if one has a name of the core's."""
        parameters = parameters_of(factory)
        reserved = {parameter.name for parameter in self.parameters}
        conflicts = [parameter.name for parameter in parameters if parameter.name in reserved]
        if conflicts:
            raise TypeError(
                f"lnmbench adds the parameter {conflicts[0]} to each {self.name}; rename it"
            )
        return parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Generic[T_co]):
    """One name that a plugin offers for a role.

    `parameters` are those of the factory, then those of the role.
    """

    role: Role[T_co]
    name: str
    factory: Callable[..., T_co]
    plugin: Plugin
    parameters: tuple[Parameter, ...]

    @property
    def summary(self) -> str:
        """The first line of the factory's docstring."""
        text = self.factory.__doc__
        return clean(text.strip().splitlines()[0]) if isinstance(text, str) and text.strip() else ""

    @property
    def needs(self) -> contracts.TaskNeeds:
        """The data that an auxiliary task learns from, as its factory declares them."""
        declared = getattr(self.factory, "needs", "labels")
        return next((each for each in get_args(contracts.TaskNeeds) if each == declared), "labels")

    @property
    def control(self) -> Control:
        """The control that the factory declares to be, if any."""
        declared = getattr(self.factory, "control", "none")
        return next((each for each in get_args(Control) if each == declared), "none")

    def bind(self, choice: Choice) -> Choice:
        """Return the choice with all parameters, typed; `UserError` for what does not fit."""
        role = self.role
        return bind(choice, self.factory, role=role.name, core_parameters=role.parameters)

    def select(self, choice: Choice | None = None) -> Selection[T_co]:
        """Return the selection that a choice, by default without parameters, makes."""
        written = Choice(name=self.name) if choice is None else choice
        return Selection(offer=self, written=written, bound=self.bind(written))

    def build(self, choice: Choice | None = None) -> T_co:
        """Return the object that a choice names; raises `UserError` as `Selection.build` does."""
        return self.select(choice).build()


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection(Generic[T_co]):
    """An offer with a choice: as the user wrote it, and with all parameters, typed."""

    offer: Offer[T_co]
    written: Choice
    bound: Choice

    @property
    def version(self) -> tuple[str, str]:
        """The plugin of the offer and its version."""
        return self.offer.plugin.name, self.offer.plugin.version

    def build(self) -> T_co:
        """Return the object.

        Every call of a plugin's factory goes through here. The object is behind the boundary of
        its role, so that its faults are `PluginError`s.

        Raises
        ------
        UserError
            For a factory that fails, and an object that lacks members of the role's contract.
        """
        role, boundary = self.offer.role, self.boundary
        core = {parameter.name for parameter in role.parameters}
        parameters = {
            argument_name(k): v for k, v in self.bound.parameters.items() if k not in core
        }
        factory = self.offer.factory
        built = boundary.call("__init__", self._require_members, factory, **parameters)
        return cast("T_co", guard(built, boundary))

    @property
    def boundary(self) -> Boundary:
        """The boundary around calls into the object."""
        offer = self.offer
        return Boundary(plugin=offer.plugin, role=offer.role.name, name=offer.name)

    def _require_members(self, built: object) -> object:
        role = self.offer.role
        members = _members(role.contract)
        lacking = [member for member in members if not _has_member(built, member)]
        if isinstance(built, type):
            raise Unexpected(
                f"an object of {role.contract.__name__}", f"the class {built.__name__}"
            )
        if lacking and not isinstance(built, role.alternatives):
            raise Unexpected(
                f"a {role.contract.__name__} with {', '.join(members)}",
                f"{type(built).__name__} without {', '.join(lacking)}",
            )
        return built


def _has_member(built: object, member: str) -> bool:
    """Return whether an object has a member, without computing it if it is a property."""
    absent = object()
    if inspect.getattr_static(built, member, absent) is absent:
        return hasattr(built, member)
    return True


def _members(contract: type[object]) -> list[str]:
    names: Iterable[str] = getattr(contract, "__protocol_attrs__", None) or (
        set(vars(contract)) | set(getattr(contract, "__annotations__", {}))
    )
    return sorted(n for n in names if not n.startswith("_") or n == "__call__")
