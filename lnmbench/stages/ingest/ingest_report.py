"""The ingest report: what was done with each case, as CSV beside the cohort file."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lnmbench.errors import UserError
from lnmbench.redaction import redact_uids
from lnmbench.store.atomic import replacing
from lnmbench.store.cohort_scans import Scan
from lnmbench.text import clean, format_csv

COLUMNS = (
    *("case", "state", "reason", "slices"),
    *("spacing_x_mm", "spacing_y_mm", "spacing_z_mm", "size_x", "size_y", "size_z"),
    *("tumor_ml_before", "tumor_ml_after", "found"),
)
IN, LEFT_OUT = "in", "left out"
SHOWN = 3

_FIRST_WORDS = re.compile(r" \(|: |; ")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReport:
    """What was done with one case: left out where there is a reason, else in.

    `doubts` are what is odd about its images, `digest` what only the same slices have, and `twin`
    the case of another patient that has them too.
    """

    case: str
    reason: str = ""
    slices: int = 0
    scan: Scan | None = None
    found: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    digest: str = ""
    twin: str = ""


def report_beside(cohort: Path) -> Path:
    """Return where the ingest report of a cohort file lies."""
    return cohort.with_suffix(".ingest-report.csv")


def write_report(rows: Sequence[CaseReport], path: Path) -> None:
    """Write one line a case; no cell is a formula to a spreadsheet, and no UID stays."""
    text = format_csv(COLUMNS, (_cells(row) for row in rows))
    with replacing(path) as beside:
        beside.write_text(text, encoding="utf-8")


def copy_report(cohort: Path, to: Path) -> None:
    """Write the ingest report of a cohort file to another place as well.

    Raises `UserError` where it is not there any more, or `to` cannot be written.
    """
    try:
        text = report_beside(cohort).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            "the ingest report is gone",
            where=str(report_beside(cohort)),
            then="delete the cohort file to have both made again",
        ) from error
    with replacing(to) as beside:
        beside.write_text(text, encoding="utf-8")


def read_left_out(path: Path) -> list[tuple[str, str]]:
    """Return (case, reason) of each case that a report says was left out.

    Raises `UserError` where the report is not there any more or is none.
    """
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        return [(row["case"], row["reason"]) for row in rows if row["state"] == LEFT_OUT]
    except (OSError, UnicodeDecodeError, csv.Error, KeyError) as error:
        raise UserError(
            "the ingest report cannot be read", where=str(path), got=type(error).__name__
        ) from error


def summary(left_out: Sequence[tuple[str, str]], total: int, report: Path) -> str:
    """Return one sentence on (case, reason) of the cases left out, and where to read more."""
    if len(left_out) == 1:
        ((case, reason),) = left_out
        told = f"case {case!r}: {reason}"
    else:
        told = "; ".join(kinds_of([reason for _, reason in left_out], SHOWN))
    return f"{len(left_out)} of {total} cases left out ({told}): see {report}"


def kinds_of(reasons: Sequence[str], most: int) -> list[str]:
    """Return the most frequent kinds of reasons with their counts, and how many more there are.

    Examples
    --------
    >>> kinds_of(["no CT (a)", "no CT (b)", "empty mask: got 0"], 1)
    ['2 × no CT', '1 × other reasons']
    """
    kinds = Counter(_FIRST_WORDS.split(reason, maxsplit=1)[0] for reason in reasons)
    told = [f"{count} × {kind}" for kind, count in kinds.most_common(most)]
    others = len(reasons) - sum(count for _, count in kinds.most_common(most))
    return [*told, f"{others} × other reasons"] if others else told


def one_line(text: str) -> str:
    """Return text on one line, without invisible characters and without UIDs.

    Examples
    --------
    >>> one_line("series 1.2.840.113619.2.5.1762 of\\nthe study")
    'series (UID) of the study'
    """
    return redact_uids(clean(text))


def _cells(row: CaseReport) -> list[str]:
    scan = row.scan
    numbers = [""] * 8 if scan is None else _numbers(scan)
    texts = (row.case, LEFT_OUT if row.reason else IN, row.reason)
    found = "; ".join((*row.found, *row.doubts, *_twin(row)))
    return [
        *(one_line(text) for text in texts),
        str(row.slices),
        *numbers,
        one_line(found),
    ]


def _twin(row: CaseReport) -> tuple[str, ...]:
    if not row.twin:
        return ()
    told = f"the same images as case {row.twin}: if they are one patient, give the column patient"
    return (told,)


def _numbers(scan: Scan) -> list[str]:
    lengths = [f"{length:g}" for length in scan.spacing_mm]
    return [*lengths, *map(str, scan.size), *(f"{volume:.4f}" for volume in scan.tumor_ml)]
