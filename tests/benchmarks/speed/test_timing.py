"""Ways are timed alternately, and ratios are compared with goals."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from module_files import load_module

SCRIPT = Path(__file__).parents[3] / "benchmarks" / "speed" / "timing.py"


@pytest.fixture(scope="module")
def timing() -> ModuleType:
    return load_module(SCRIPT, "speed_timing")


def test_no_way_always_follows_the_same_other(
    timing: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    calls: list[str] = []
    ways = {name: lambda name=name: calls.append(name) for name in "abc"}
    medians = timing.time_alternately(ways, 3, unit="s")
    assert "".join(calls) == "abcbcacab"
    assert set(medians) == {"a", "b", "c"}
    assert capsys.readouterr().out.count("round") == 3


def test_ways_may_do_different_amounts_of_work(
    timing: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter([0.0, 2.0, 2.0, 8.0])
    monkeypatch.setattr(timing, "synchronized_time", lambda device: next(times))
    ways = {"few": lambda: None, "many": lambda: None}
    scale = {"few": 0.5, "many": 0.25}
    assert timing.time_alternately(ways, 1, unit="s", scale=scale) == {"few": 1.0, "many": 1.5}
    assert "peak memory: few " in capsys.readouterr().out


def test_ratios_are_compared_with_their_goals(
    timing: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    timing.print_ratios({"ours": 2.0, "slow": 9.0, "other": 3.0}, "ours", "s", {"slow": 5.0})
    assert capsys.readouterr().out.splitlines() == [
        "median: slow 9, ours 2 s: ratio 4.50 × (target 5 ×: not reached)",
        "median: other 3, ours 2 s: ratio 1.50 ×",
    ]


def test_options_with_several_numbers_take_commas(timing: ModuleType) -> None:
    parser = timing.make_parser("Title.", (("dim", (2048, 256), "features"), ("cases", 3, "cases")))
    args = parser.parse_args(["--dim", "16,12"])
    assert (args.dim, args.cases, args.rounds) == ((16, 12), 3, 5)
