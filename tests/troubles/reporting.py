"""Troubles of free-text reports, results and their output."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from lnmbench_ctreports.reader import CtReport
from lnmbench_ctreports.sentences import LONGEST

REPORT = "Spiculated mass in the right upper lobe, 3.2 x 2.1 cm. No pleural effusion."
REPEATED = (
    "nodule ",
    "结节",
    "右肺上叶结节",
    "no mass but right upper lobe nodule ",
    "4R 7 8 12 mm node ",
    "8, 12 and 15 mm nodule ",
    "1 x 2 x 3 ",
    "1,2 ",
    "1",
    "station 4r, , , ",
    "肝右肺上叶结节和",
    "结。",
    "the\n",
    " ",
)
SECONDS = 5.0
"""Far above the time of a linear reader, far below that of a quadratic one."""


def repetitive_report(folder: Path) -> None:
    """A copy and paste, or a key that got stuck: hours for a reader that is not linear."""
    for words in REPEATED:
        sentence = f"the {words * LONGEST}"[: LONGEST - 2]
        for text in (f"the {words * 50_000}"[:50_000], f"{sentence}. " * 20):
            started = time.process_time()
            CtReport().read(text)
            assert time.process_time() - started < SECONDS, words


def text_without_full_stops(folder: Path) -> None:
    """Rules for one sentence do not hold for pages without a full stop: nothing is read of them."""
    endless = "no nodule and a 12 mm mass in the left lower lobe with calcification " * 20
    assert CtReport().read(endless) == {}
    findings = CtReport().read(f"{REPORT} {endless}")
    assert {name: finding.value for name, finding in findings.items()} == {
        "long axis": 32.0,
        "lobe": "RUL",
        "spiculation": "yes",
        "effusion": "no",
    }


TROUBLES: dict[str, Callable[[Path], None]] = {
    "a report repeats a word": repetitive_report,
    "a report has no full stops": text_without_full_stops,
}
