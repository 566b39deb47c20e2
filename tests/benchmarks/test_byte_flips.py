"""Flipped bytes of stored files are detected, or change nothing."""

from __future__ import annotations

from collections.abc import Callable

Run = Callable[[str], str]


def test_no_flipped_byte_is_silent(run: Run) -> None:
    printed = run("byte_flips --places 60 --seed 7 --in-process")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in printed.splitlines()
        if line.startswith("| ")
    ]
    header, *counts = rows
    assert [row[0] for row in counts] == ["cohort", "features", "ledger", "all"]
    *_, total = (dict(zip(header, row, strict=True)) for row in counts)
    assert total["places"] == "60"
    assert int(total["detected"]) > 15
    assert {total[bad] for bad in ("silent", "traceback", "crash", "hang")} == {"0"}
