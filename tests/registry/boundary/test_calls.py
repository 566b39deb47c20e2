from __future__ import annotations

import _thread
import pickle
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from lnmbench import UserError
from lnmbench.errors import PluginError
from lnmbench.registry.boundary import Boundary
from lnmbench.registry.boundary.values import require_number, require_text


@pytest.fixture
def boundary(boundary: Boundary) -> Boundary:
    return replace(boundary, plugin=replace(boundary.plugin, module=__name__))


def fail(error: BaseException) -> Callable[[], object]:
    def function() -> object:
        raise error

    return function


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no")


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (ZeroDivisionError("division by zero"), "ZeroDivisionError: division by zero"),
        (SystemExit(0), "SystemExit: 0"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
        (GeneratorExit(), "GeneratorExit"),
        (MemoryError(), "MemoryError"),
        (RecursionError("too deep"), "RecursionError: too deep"),
        (StopIteration(), "StopIteration"),
        (UserWarning("deprecated"), "UserWarning: deprecated"),
        (Unspeakable(), "Unspeakable"),
        (ValueError("two\nlines\x1b[31m"), "ValueError: two lines[31m"),
        (ValueError("x" * 900), f"ValueError: {'x' * 160}"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_whatever_a_plugin_raises_is_one_line(
    boundary: Boundary, error: BaseException, shown: str
) -> None:
    with pytest.raises(PluginError) as failure:
        boundary.call("work", require_text, fail(error))
    line = re.sub(r"line \d+", "line N", str(failure.value))
    assert line == (
        f"metric x of plugin mine fails in work (test_calls.py, line N: {shown}); fix it (--debug"
        " shows the traceback), or set LNMBENCH_BLOCK=mine to skip it"
    )
    assert "in function\n    raise error" in failure.value.details
    assert failure.value.__context__ is None, "the frames of the plugin would stay in memory"


def test_a_wrong_value_names_expected_got_and_the_function(boundary: Boundary) -> None:
    def work() -> object:
        return "many"

    with pytest.raises(PluginError) as failure:
        boundary.call("work", require_number, work)
    line = re.sub(r"line \d+", "line N", str(failure.value))
    assert line == (
        "metric x of plugin mine returns a wrong value from work (test_calls.py, line N): expected"
        " a finite number, got 'many'; fix it, or set LNMBENCH_BLOCK=mine to skip it"
    )
    assert failure.value.details == ""


def test_an_interrupt_by_the_user_passes(boundary: Boundary) -> None:
    def wait() -> object:
        _thread.interrupt_main()
        for _ in range(10**7):
            pass
        return ""

    with pytest.raises(KeyboardInterrupt):
        boundary.call("work", require_text, wait)


def test_a_refusal_by_the_plugin_passes_with_its_name(boundary: Boundary) -> None:
    refuse = fail(UserError("no column pt"))
    with pytest.raises(PluginError) as failure:
        boundary.call("work", require_text, refuse)
    assert str(failure.value) == "metric x of plugin mine: no column pt"
    installed = replace(boundary, plugin=replace(boundary.plugin, explicit=False))
    with pytest.raises(PluginError) as failure:
        installed.call("work", require_text, refuse)
    assert str(failure.value) == "no column pt"


def test_a_fault_behind_a_fault_passes_unchanged(boundary: Boundary) -> None:
    fault = PluginError("another plugin")
    with pytest.raises(PluginError) as failure:
        boundary.call("work", require_text, fail(fault))
    assert failure.value is fault


def test_what_the_caller_asked_for_passes(boundary: Boundary) -> None:
    lenient = replace(boundary, passes=lambda error: isinstance(error, MemoryError))
    with pytest.raises(MemoryError):
        lenient.call("work", require_text, fail(MemoryError()))


def test_a_fault_crosses_processes(boundary: Boundary) -> None:
    with pytest.raises(PluginError) as failure:
        boundary.call("work", require_text, fail(ValueError("x")))
    copy = pickle.loads(pickle.dumps(failure.value))
    assert (str(copy), copy.details) == (str(failure.value), failure.value.details)


def test_attributes_are_read_behind_the_boundary(boundary: Boundary) -> None:
    class Metric:
        good = "AUC"

        @property
        def bad(self) -> str:
            raise SystemExit("bye")

    assert boundary.read("good", require_text, Metric()) == "AUC"
    with pytest.raises(PluginError, match="fails in bad .*SystemExit: bye"):
        boundary.read("bad", require_text, Metric())
    with pytest.raises(PluginError, match="fails in absent .*AttributeError"):
        boundary.read("absent", require_text, Metric())


def test_items_are_checked_one_by_one(boundary: Boundary) -> None:
    def items() -> Iterator[object]:
        yield "a"
        yield "b"
        raise OSError("disk")

    read = boundary.iterate("items", require_text, items, 9)
    assert [next(read), next(read)] == ["a", "b"]
    with pytest.raises(PluginError, match="fails in items .*OSError: disk"):
        next(read)
    assert list(boundary.iterate("items", require_text, lambda: ["a"], 1)) == ["a"]
    with pytest.raises(PluginError, match="expected at most 1 items, got more"):
        list(boundary.iterate("items", require_text, lambda: ["a", "b"], 1))
    with pytest.raises(PluginError, match="expected a text, got 3"):
        list(boundary.iterate("items", require_text, lambda: [3], 9))
    with pytest.raises(PluginError, match="can be iterated over, got int"):
        list(boundary.iterate("items", require_text, lambda: 3, 9))
