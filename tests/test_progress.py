from __future__ import annotations

import sys

import pytest

from lnmbench import progress as module
from lnmbench.progress import LiveProgress, PlainProgress, make_progress


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def test_lines_are_printed_at_the_start_every_ten_seconds_and_at_the_end(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    with make_progress() as progress:
        assert isinstance(progress, PlainProgress)
        progress.start("run", "logistic", 10, "unit")
        progress.advance(2)  # done by an earlier run
        for _ in range(4):
            clock.now += 5.5
            progress.advance()
        progress.finish()
        progress.start("ingest", "checksums", 1, "file")
    assert capsys.readouterr().err.splitlines() == [
        "run: logistic: 10 units",
        "run: logistic: 4/10 units, about 33 s left",
        "run: logistic: 6/10 units, about 22 s left",
        "run: logistic: 6/10 units in 22 s",
        "ingest: checksums: 1 file",
    ]


def test_a_terminal_has_a_live_display(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with make_progress() as progress:
        assert isinstance(progress, LiveProgress)
        progress.say("a notice")
        progress.start("run", "logistic", 2, "unit")
        progress.advance(2)
        progress.finish()
    text = capsys.readouterr().err
    assert "a notice" in text
    assert "run: logistic" in text
    assert "2/2" in text
    assert "units" in text
