"""Spellings of missing values in ten languages."""

from __future__ import annotations

import re
from functools import cache

from lnmbench.lexicon.normal_form import fold
from lnmbench.lexicon.vocabulary import read_lists

_UNASSESSED = re.compile(r"[ycpr]*[tnm] ?x( ?\(.*\))?")
_BRACKETED = re.compile(r"\[[^\]]*\]|<[^>]*>")


def is_missing(cell: str) -> bool:
    """Return whether a cell means that the value is unknown.

    Examples
    --------
    >>> [is_missing(cell) for cell in ("k.A.", "不详", "'--", "[Not Available]", "unbekannt")]
    [True, True, True, True, True]
    >>> [is_missing(cell) for cell in ("no", "无", "0", "N0")]
    [False, False, False, False]
    """
    text = cell.strip()
    return bool(_BRACKETED.fullmatch(text)) or fold(text) in _spellings()


def is_unassessed(cell: str) -> bool:
    """Return whether a cell is a T, N or M class that was not assessed, such as pNX."""
    return bool(_UNASSESSED.fullmatch(fold(cell.strip())))


@cache
def _spellings() -> frozenset[str]:
    return frozenset(fold(spelling) for spelling in read_lists("missing")["spellings"])
