"""T and N classes in the spellings of tables: pN1, N1MI, N0 (I-), PT2, T4D, ypT3."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lnmbench.lexicon.normal_form import fold

_PREFIX = r"(?P<prefix>[yra]{0,2}[pc]?[yra]?)[ -]?"
_N = re.compile(
    rf"{_PREFIX}n ?(?P<stem>[0-3x])"
    r"(?P<rest> ?(mi|[abc][1-3iv]*)?( ?\((mi|sn|i[+-]?|mol[+-]?|[0-9]+ ?/ ?[0-9]+)\))*)"
)
_T = re.compile(
    rf"{_PREFIX}t ?(?P<stem>x|is|a|[0-4](mi|[a-d])?)"
    r"(?P<rest>[1-3]?( ?\((mi|is|s|m|dcis|lcis|paget|[0-9])\))*)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TnmClass:
    """A T or N class: `ypN1a(sn)` has the category N1, the prefix `yp`, and the rest `a(sn)`.

    `category` is N0 to N3, T0, Tis, Ta or T1 to T4 with its letter; empty for NX and TX.
    """

    category: str
    prefix: str = ""
    rest: str = ""

    @property
    def is_after_therapy(self) -> bool:
        """Return whether it was assessed after neoadjuvant therapy (y)."""
        return "y" in self.prefix

    @property
    def is_clinical(self) -> bool:
        """Return whether it says that it is clinical (c)."""
        return "c" in self.prefix


def read_n_class(cell: str) -> TnmClass | None:
    """Return the N class of a cell, or None if it is no N class.

    Examples
    --------
    >>> [read_n_class(cell).category for cell in ("pN0", "N1MI", "N0 (I-)", "PN2", "N3A", "pNx")]
    ['N0', 'N1', 'N0', 'N2', 'N3', '']
    >>> read_n_class("M1"), read_n_class("N4"), read_n_class("")
    (None, None, None)
    """
    return _read(_N, "N", cell)


def read_t_class(cell: str) -> TnmClass | None:
    """Return the T class of a cell, or None if it is no T class.

    Examples
    --------
    >>> [read_t_class(cell).category for cell in ("PT2", "T4D", "T1b1", "pTis", "TX", "T1mi")]
    ['T2', 'T4d', 'T1b', 'Tis', '', 'T1mi']
    >>> read_t_class("T5"), read_t_class("T2a2").rest, read_t_class("ypT3").is_after_therapy
    (None, '2', True)
    """
    return _read(_T, "T", cell)


def _read(pattern: re.Pattern[str], letter: str, cell: str) -> TnmClass | None:
    match = pattern.fullmatch(" ".join(fold(cell).split()))
    if match is None:
        return None
    stem = match["stem"]
    return TnmClass(
        category="" if stem == "x" else letter + stem,
        prefix=match["prefix"],
        rest=match["rest"].strip(),
    )
