"""CSV: one tidy table, without formulas."""

from __future__ import annotations

import csv
import io
from typing import Any

from lnmbench.rendering import render

Samples = Any


def test_csv_is_one_tidy_table_with_numbers_at_full_precision(samples: Samples) -> None:
    text = render(
        [samples.table("resnet50", key="performance"), samples.paragraph("one", "two")], "csv"
    )
    rows = list(csv.DictReader(io.StringIO(text)))
    (auc,) = [row for row in rows if row["column"] == "auc"]
    assert auc == {
        "block": "performance",
        "row": "1",
        "name": "resnet50",
        "column": "auc",
        "text": "+.760 (−.013 to .800)",
        "value": "0.7600000001",
        "low": "-0.013",
        "high": "",
    }
    assert [row["text"] for row in rows if row["block"] == "p"] == ["one", "two"]
    assert [row["text"] for row in rows if row["column"] == "note"] == ["a note"]


def test_csv_gives_a_spreadsheet_no_formula(samples: Samples) -> None:
    rows = list(
        csv.reader(
            io.StringIO(
                render(
                    [samples.table(*samples.HOSTILE), samples.paragraph(*samples.HOSTILE)], "csv"
                )
            )
        )
    )
    assert len({len(row) for row in rows}) == 1
    for row in rows:
        for cell in row:
            formula = cell[:1] in "=+-@" and cell[:1] != ""
            assert not formula or cell.startswith(("+.760", "-0.013"))
    assert any("'=1+1" in row for row in rows)
