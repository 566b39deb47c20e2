"""Guesses of role, kind and categories of a column, for its owner to confirm."""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from lnmbench.records import Kind
from lnmbench.records.after_surgery import known_after, known_before
from lnmbench.text import plural

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
    """A guess about a column. `problem` says why it should not be used; empty if it can be.

    `cell_label` is the label that the cells suggest, `label` the same if the name of the column
    also refers to pathology.
    """

    kind: Kind = "nominal"
    categories: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    is_late: bool = False
    cell_label: str = ""
    label: str = ""
    problem: str = ""


def guess_column(name: str, cells: Sequence[str]) -> Guess:
    """Return a guess about a column from its name and its cells (stripped text)."""
    filled = [cell for cell in cells if cell]
    label = guess_label(name, filled)
    missing = tuple(sorted({cell for cell in filled if _is_missing(cell, label)}))
    known = [cell for cell in filled if cell not in missing]
    kind, categories, problem = _guess_kind(known, ordered=bool(label))
    return Guess(
        kind=kind,
        categories=categories,
        missing=missing,
        is_late=known_after(name) or bool(label),
        cell_label=label,
        label=label if known_after(name) else "",
        problem=problem,
    )


def guess_label(name: str, cells: Sequence[str]) -> str:
    """Return `pn` or `pt` for cells that look like pathological N or T stages, or else nothing.

    Stages without a prefix (N0, T1a) count as pathological unless the name says clinical.
    """
    stages = [cell for cell in cells if cell and not _is_missing(cell, "")]
    if not stages or _CLINICAL.search(name) or known_before(name):
        return ""
    if all(_NODES.fullmatch(cell) for cell in stages):
        return "pn"
    return "pt" if all(_TUMOR.fullmatch(cell) for cell in stages) else ""


def is_report(name: str, cells: Sequence[str]) -> bool:
    """Return whether a column seems to hold imaging reports, not those of pathology or surgery."""
    lengths = [len(cell) for cell in cells if cell and not _is_missing(cell, "")]
    is_named_so = (
        bool(_REPORT.search(name)) and not known_after(name) and not _OPERATION.search(name)
    )
    return is_named_so and bool(lengths) and statistics.median(lengths) >= SHORTEST_REPORT


def _is_missing(cell: str, label: str) -> bool:
    bracketed = cell.startswith("[") and cell.endswith("]")
    unassessed = bool(label) and bool(_UNASSESSED.fullmatch(cell))
    return bracketed or unassessed or cell.casefold() in _MISSING


def _guess_kind(known: Sequence[str], *, ordered: bool) -> tuple[Kind, tuple[str, ...], str]:
    distinct = sorted(set(known), key=_order)
    if len(distinct) < 2:
        return "nominal", (), "has only one value" if distinct else "is empty"
    numbers = sum(_is_number(cell) for cell in distinct)
    codes = not numbers or all(cell.isdecimal() and len(cell) == 1 for cell in distinct)
    if len(distinct) == 2 and codes:
        return "binary", tuple(sorted(distinct, key=_order_positive_last)), ""
    if numbers == len(distinct):
        return "continuous", (), ""
    if sum(bool(_DATE.fullmatch(cell)) for cell in known) > len(known) / 2:
        return "nominal", (), "contains dates"
    if numbers > len(distinct) / 2:
        others = [cell for cell in distinct if not _is_number(cell)]
        return "continuous", (), f"mixes numbers with {plural(len(others), 'text')}"
    if len(distinct) > MOST_CATEGORIES or max(map(len, distinct)) > LONGEST_CATEGORY:
        return "nominal", (), f"has {len(distinct)} different texts"
    ordinal = ordered or all(_RANK.fullmatch(cell) for cell in distinct)
    return "ordinal" if ordinal else "nominal", tuple(distinct), ""


def _is_number(cell: str) -> bool:
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False


def _order(cell: str) -> tuple[bool, str]:
    """Return a key that sorts carcinoma in situ before T1, and all else as text (N0 … T4)."""
    return not cell.casefold().endswith("tis"), cell


def _order_positive_last(cell: str) -> tuple[bool, str]:
    return cell.casefold() in _POSITIVE, cell
