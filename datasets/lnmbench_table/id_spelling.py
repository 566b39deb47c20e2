"""Ids that differ only in spelling: never joined, but named as the cause."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

_LEADING_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
_DECIMALS = re.compile(r"(?<=\d)\.0+$")


def pair_spellings(ids: Iterable[str], others: Iterable[str]) -> dict[str, str]:
    """Return ids with the one of others that has the same letters and digits.

    Parameters
    ----------
    ids, others
        Ids of two tables that are in one of them alone.

    Examples
    --------
    >>> pair_spellings(["P-007", "P-8"], ["p 7", "P9"])
    {'P-007': 'p 7'}
    """
    spellings: dict[str, list[str]] = defaultdict(list)
    for other in others:
        spellings[_simplify(other)].append(other)
    pairs = {id_: spellings.get(_simplify(id_), []) for id_ in ids}
    return {id_: same[0] for id_, same in pairs.items() if len(same) == 1}


def name_difference(id_: str, other: str) -> str:
    """Return the difference between two spellings of an id in words.

    Examples
    --------
    >>> name_difference("007", "7"), name_difference("7", "7.0"), name_difference("P 1", "P1")
    ('leading zeros', 'decimals that a spreadsheet added', 'blanks')
    """
    if id_.casefold() == other.casefold():
        return "case"
    if "".join(id_.split()) == "".join(other.split()):
        return "blanks"
    if _DECIMALS.sub("", id_) == _DECIMALS.sub("", other):
        return "decimals that a spreadsheet added"
    if _LEADING_ZEROS.sub("", id_) == _LEADING_ZEROS.sub("", other):
        return "leading zeros"
    return "blanks, case, zeros or separators"


def _simplify(id_: str) -> str:
    """Return an id without case, separators, leading zeros and the decimals of a spreadsheet."""
    text = "".join(unicodedata.normalize("NFKC", id_).casefold().split())
    text = _DECIMALS.sub("", text)
    text = re.sub(r"(?<=\d)[\W_]+(?=\d)", "/", text)
    return _LEADING_ZEROS.sub("", re.sub(r"[^\w/]|_", "", text))
