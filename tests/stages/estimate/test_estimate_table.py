"""The table of an estimate: a row for each method and a total."""

from __future__ import annotations

from pathlib import Path

from lnmbench.stages.estimate import MethodEstimate, RunEstimate, Span, make_estimate_table


def test_rows_add_up_to_the_total() -> None:
    method = MethodEstimate(
        label="logistic",
        units=3,
        units_all=10,
        fits=24,
        candidates=8,
        slices=0,
        seconds=Span(low=70.0, high=402.0),
        disk=2000,
    )
    estimate = RunEstimate(folder=Path("runs/a"), methods=(method, method), disk=5000, basis=("x",))
    table = make_estimate_table(estimate)
    texts = [[cell.text for cell in row] for row in table.rows]
    assert texts[0] == ["logistic", "3 of 10", "3 × 8", "0", "1.2 to 6.7 min", "2 kB", "–"]
    assert texts[-1] == ["total", "6 of 20", "48", "0", "2.3 to 13 min", "5 kB", "–"]
    assert table.notes == ("x", "Dry run: nothing was written.")
