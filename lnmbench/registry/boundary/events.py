"""Events of a run, which plugins hear behind the boundary."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from lnmbench.errors import PluginError
from lnmbench.records import UnitResult
from lnmbench.registry.boundary.calls import Boundary
from lnmbench.registry.plugins import Listener


class Events:
    """The hooks for events; a fault of one costs this call alone, and is said once.

    Parameters
    ----------
    listeners
        Returns the functions of an event.
    """

    def __init__(self, listeners: Callable[[str], Sequence[Listener]]) -> None:
        self._listeners = listeners
        self._faulty: set[tuple[str, str]] = set()

    def notify(self, event: str, **facts: object) -> Iterator[str]:
        """Call every plugin's hook with copies of the facts; yield each new fault as a line."""
        for listener in self._listeners(event):
            copies = {name: _copy(facts[name]) for name in listener.arguments}
            boundary = Boundary(plugin=listener.plugin, role="hook", name=event)
            try:
                boundary.call(event, lambda value: value, listener.function, **copies)
            except PluginError as fault:
                if (listener.plugin.name, event) not in self._faulty:
                    self._faulty.add((listener.plugin.name, event))
                    yield str(fault)


def _copy(fact: object) -> object:
    if isinstance(fact, UnitResult):
        from lnmbench.registry.boundary.arrays import view_read_only

        test = {task: view_read_only(values) for task, values in fact.test.items()}
        return replace(
            fact,
            test=test,
            validation=view_read_only(fact.validation),
            settings=dict(fact.settings),
        )
    return copy.deepcopy(fact)
