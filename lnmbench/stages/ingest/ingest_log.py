"""The ingest log: the state of each case after ingest, as CSV next to the cohort file."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lnmbench.errors import UserError, reading
from lnmbench.redaction import redact_uids
from lnmbench.store.atomic import replacing
from lnmbench.store.cohort_scans import Scan
from lnmbench.text import clean, format_csv, plural

COLUMNS = (
    *("case", "state", "reason", "slices"),
    *("spacing_x_mm", "spacing_y_mm", "spacing_z_mm", "size_x", "size_y", "size_z"),
    *("tumor_ml_before", "tumor_ml_after", "found"),
)
INGESTED, LEFT_OUT = "in", "left out"
KINDS_IN_A_NOTICE = 3

_END_OF_KIND = re.compile(r" \(|: |; ")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """The state of one case: left out if there is a reason, else ingested.

    `notes` are the data set's remarks on the images, `warnings` what a person should check,
    `evidence` tells which cases are of one patient (see `stages.ingest.evidence`), `extracted` are
    the values of the feature extractors in the order of their columns, empty without images.
    """

    case: str
    reason: str = ""
    slices: int = 0
    scan: Scan | None = None
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    evidence: Mapping[str, str] = field(default_factory=dict, repr=False)
    extracted: tuple[float, ...] = field(default=(), repr=False)


def ingest_log_path(cohort: Path) -> Path:
    """Return the path of the ingest log of a cohort file."""
    return cohort.with_suffix(".ingest-report.csv")


def write_ingest_log(entries: Sequence[LogEntry], path: Path) -> None:
    """Write one line for each case, without UIDs and safe to open in a spreadsheet."""
    text = format_csv(COLUMNS, (_cells(entry) for entry in entries))
    with replacing(path, private=True) as temporary_path:
        temporary_path.write_text(text, encoding="utf-8")


def copy_ingest_log(cohort: Path, to: Path) -> None:
    """Copy the ingest log of a cohort file to another path.

    Raises `UserError` if the log is missing, or `to` cannot be written.
    """
    path = ingest_log_path(cohort)
    try:
        with reading(path):
            text = path.read_text(encoding="utf-8")
    except (UserError, UnicodeDecodeError) as error:
        if path.exists() and isinstance(error, UserError):
            raise
        raise UserError(
            "the ingest log is damaged" if path.exists() else "the ingest log is missing",
            where=str(path),
            then="delete the cohort file to rebuild both",
        ) from error
    with replacing(to, private=True) as temporary_path:
        temporary_path.write_text(text, encoding="utf-8")


def read_left_out(path: Path) -> list[tuple[str, str]]:
    """Return (case, reason) for each case that an ingest log lists as left out.

    Raises `UserError` if the file cannot be read or is not an ingest log.
    """
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        return [(row["case"], row["reason"]) for row in rows if row["state"] == LEFT_OUT]
    except (OSError, UnicodeDecodeError, csv.Error, KeyError) as error:
        raise UserError(
            "cannot read the ingest log", where=str(path), got=type(error).__name__
        ) from error


def summarize_left_out(left_out: Sequence[tuple[str, str]], total: int, log: Path) -> str:
    """Return one sentence about the cases that were left out.

    Parameters
    ----------
    left_out
        (case, reason) of each, at least one.
    total
        The number of cases of the data set.
    log
        The path of the ingest log.
    """
    if len(left_out) == 1:
        ((case, reason),) = left_out
        reasons = f"case {case!r}: {reason}"
    else:
        reasons = "; ".join(count_kinds([reason for _, reason in left_out], KINDS_IN_A_NOTICE))
    return f"{len(left_out)} of {plural(total, 'case')} left out ({reasons}): see {log}"


def count_kinds(reasons: Sequence[str], most: int) -> list[str]:
    """Return the most frequent kinds of reasons with their counts, then the count of the others.

    Examples
    --------
    >>> count_kinds(["no CT (a)", "no CT (b)", "empty mask: got 0"], 1)
    ['2 × no CT', '1 × other reasons']
    """
    kinds = Counter(_END_OF_KIND.split(reason, maxsplit=1)[0] for reason in reasons)
    counts = [f"{count} × {kind}" for kind, count in kinds.most_common(most)]
    others = len(reasons) - sum(count for _, count in kinds.most_common(most))
    return [*counts, f"{others} × other reasons"] if others else counts


def one_line(text: str) -> str:
    """Return text on one line, without invisible characters and without UIDs.

    Examples
    --------
    >>> one_line("series 1.2.840.113619.2.5.1762 of\\nthe study")
    'series (UID) of the study'
    """
    return redact_uids(clean(text))


def _cells(entry: LogEntry) -> list[str]:
    numbers = [""] * 8 if entry.scan is None else _numbers(entry.scan)
    texts = (entry.case, LEFT_OUT if entry.reason else INGESTED, entry.reason)
    remarks = "; ".join((*entry.notes, *entry.warnings))
    return [*map(one_line, texts), str(entry.slices), *numbers, one_line(remarks)]


def _numbers(scan: Scan) -> list[str]:
    lengths = [f"{length:g}" for length in scan.spacing_mm]
    return [*lengths, *map(str, scan.size), *(f"{volume:.4f}" for volume in scan.tumor_ml)]
