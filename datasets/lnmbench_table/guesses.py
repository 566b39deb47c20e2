"""What a column of a bare table probably is: guesses for its owner to confirm."""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from lnmbench.records import Kind
from lnmbench.records.after_surgery import known_after, known_before

MOST_CATEGORIES = 12
LONGEST_CATEGORY = 60
SHORTEST_REPORT = 40

_MISSING = {
    *("na", "n/a", "#n/a", "nan", "null", "nil", "unknown", "missing", "not available", "?", "-"),
    *("not collected", "not recorded", "not recorded in database", "not assessed", "not known"),
    *("not applicable", "not evaluated", "not done", "not reported", "."),
}
_CLINICAL = re.compile(
    r"clin|临床|pre.?op|imag|radiol|biops|(^|[^a-z])(c|i?c[tnm]|c.?stage|pet|mri)([^a-z]|$)",
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")
_NODES = re.compile(r"y?p?N[0-3X]([abc]|mi)?", re.IGNORECASE)
_TUMOR = re.compile(r"y?p?T([0-4X]([abcd]|mi)?|is)", re.IGNORECASE)
_UNASSESSED = re.compile(r"y?p?[TN]X", re.IGNORECASE)
_RANK = re.compile(r"(stage |grade )?(g?[0-4]|i{1,3}|iv|v)([a-c])?", re.IGNORECASE)
_REPORT = re.compile(
    r"report|finding|impression|radiolog|imaging|(^|[^a-z])ct([^a-z]|$)|影像|报告|所见|描述|放射",
    re.IGNORECASE,
)
_OPERATION = re.compile(r"病理|手术|术后|operat|biops|autops", re.IGNORECASE)
_POSITIVE = {"yes", "y", "true", "present", "positive", "pos", "checked", "mutant", "dead", "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A guess at a column. `why_not` says why it is better left out; empty if it can be used.

    `classes` is what `stage_classes` says of its cells, and `stage` the same where the name tells
    of pathology, too.
    """

    kind: Kind = "nominal"
    categories: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    after: bool = False
    classes: str = ""
    stage: str = ""
    why_not: str = ""


def guess(name: str, cells: Sequence[str]) -> Guess:
    """Guess what a column is from its name and its cells (stripped text)."""
    filled = [cell for cell in cells if cell]
    classes = stage_classes(name, filled)
    missing = tuple(sorted({cell for cell in filled if _is_missing(cell, classes)}))
    known = [cell for cell in filled if cell not in missing]
    kind, categories, why_not = _kind(known, ordered=bool(classes))
    return Guess(
        kind=kind,
        categories=categories,
        missing=missing,
        after=known_after(name) or bool(classes),
        classes=classes,
        stage=classes if known_after(name) else "",
        why_not=why_not,
    )


def stage_classes(name: str, cells: Sequence[str]) -> str:
    """Return `pn` or `pt` for cells that look like pathological N or T classes, else nothing.

    Bare classes (N0, T1a) count as pathological unless the name says clinical.
    """
    classes = [cell for cell in cells if cell and not _is_missing(cell, "")]
    if not classes or _CLINICAL.search(name) or known_before(name):
        return ""
    if all(_NODES.fullmatch(cell) for cell in classes):
        return "pn"
    return "pt" if all(_TUMOR.fullmatch(cell) for cell in classes) else ""


def is_report(name: str, cells: Sequence[str]) -> bool:
    """Whether a column seems to hold free-text reports of imaging, not of pathology or surgery."""
    filled = [len(cell) for cell in cells if cell and not _is_missing(cell, "")]
    sounds = bool(_REPORT.search(name)) and not known_after(name) and not _OPERATION.search(name)
    return sounds and bool(filled) and statistics.median(filled) >= SHORTEST_REPORT


def _is_missing(cell: str, classes: str) -> bool:
    bracketed = cell.startswith("[") and cell.endswith("]")
    unassessed = bool(classes) and bool(_UNASSESSED.fullmatch(cell))
    return bracketed or unassessed or cell.casefold() in _MISSING


def _kind(known: Sequence[str], *, ordered: bool) -> tuple[Kind, tuple[str, ...], str]:
    distinct = sorted(set(known), key=_in_order)
    if len(distinct) < 2:
        return "nominal", (), "has one value only" if distinct else "is empty"
    numbers = sum(_is_number(cell) for cell in distinct)
    codes = not numbers or all(cell.isdecimal() and len(cell) == 1 for cell in distinct)
    if len(distinct) == 2 and codes:
        return "binary", tuple(sorted(distinct, key=_positive_last)), ""
    if numbers == len(distinct):
        return "continuous", (), ""
    if sum(bool(_DATE.fullmatch(cell)) for cell in known) > len(known) / 2:
        return "nominal", (), "holds dates"
    if numbers > len(distinct) / 2:
        others = [cell for cell in distinct if not _is_number(cell)]
        return "continuous", (), f"mixes numbers with {len(others)} texts"
    if len(distinct) > MOST_CATEGORIES or max(map(len, distinct)) > LONGEST_CATEGORY:
        return "nominal", (), f"has {len(distinct)} different texts"
    ordinal = ordered or all(_RANK.fullmatch(cell) for cell in distinct)
    return "ordinal" if ordinal else "nominal", tuple(distinct), ""


def _is_number(cell: str) -> bool:
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False


def _in_order(cell: str) -> tuple[bool, str]:
    """Put carcinoma in situ before T1; the rest as text, which orders N0 … T4 and I … III."""
    return not cell.casefold().endswith("tis"), cell


def _positive_last(cell: str) -> tuple[bool, str]:
    return cell.casefold() in _POSITIVE, cell
