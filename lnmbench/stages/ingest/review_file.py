"""The review file: the values read from free-text reports, with the words they come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from lnmbench.stages.ingest.ingest_log import one_line
from lnmbench.stages.ingest.pseudonyms import Pseudonyms
from lnmbench.stages.ingest.text_reports import ReviewRow
from lnmbench.store.atomic import replacing
from lnmbench.text import format_csv

COLUMNS = ("case", "column", "value", "words", "reason")


def review_file_path(cohort: Path) -> Path:
    """Return the path of the review file of a cohort file."""
    return cohort.with_suffix(".report-findings.csv")


def pseudonymize_rows(rows: Sequence[ReviewRow], pseudonyms: Pseudonyms) -> tuple[ReviewRow, ...]:
    """Return the rows under pseudonyms, without words of the reports, which may name people."""
    replaced = [replace(row, case=pseudonyms.replace("id", row.case), words="") for row in rows]
    return tuple(sorted(replaced, key=lambda row: row.case))


def write_review_file(rows: Sequence[ReviewRow], path: Path) -> None:
    """Write one line for each finding and each report without one, safe in a spreadsheet."""
    cells = [(row.case, row.column, str(row.value), row.words, row.reason) for row in rows]
    text = format_csv(COLUMNS, [[one_line(cell) for cell in row] for row in cells])
    with replacing(path, private=True) as temporary_path:
        temporary_path.write_text(text, encoding="utf-8")
