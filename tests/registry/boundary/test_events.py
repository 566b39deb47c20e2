from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from lnmbench.records import Unit, UnitResult
from lnmbench.registry.boundary import Boundary, Events
from lnmbench.registry.plugins import Listener

RESULT = UnitResult(
    unit=Unit(method="m", repeat=0, fold=0),
    test={"target": np.zeros((3, 1))},
    validation=np.zeros(3),
    seconds=1.0,
    memory_mb=1.0,
    fits=1,
    epochs=1,
)


@pytest.fixture
def listen(boundary: Boundary) -> Callable[..., Events]:
    def make(function: Callable[..., object], *arguments: str) -> Events:
        listener = Listener(plugin=boundary.plugin, function=function, arguments=arguments)
        return Events(lambda event: [listener])

    return make


def test_a_hook_gets_the_arguments_that_it_names(listen: Callable[..., Events]) -> None:
    heard: list[object] = []
    events = listen(lambda result: heard.append(result.unit), "result")
    assert list(events.notify("unit_finished", result=RESULT)) == []
    assert heard == [RESULT.unit]
    assert list(listen(lambda: heard.append(1)).notify("unit_finished", result=RESULT)) == []


def test_a_hook_cannot_change_a_result(listen: Callable[..., Events]) -> None:
    def change(result: UnitResult) -> None:
        result.test["target"][:] = 1

    (line,) = listen(change, "result").notify("unit_finished", result=RESULT)
    assert "hook unit_finished of plugin mine fails in unit_finished" in line
    assert "read-only" in line
    assert RESULT.test["target"].sum() == 0


def test_a_fault_is_said_once(listen: Callable[..., Events]) -> None:
    events = listen(lambda: 1 / 0)
    assert len(list(events.notify("run_started"))) == 1
    assert list(events.notify("run_started")) == []
