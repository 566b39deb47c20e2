"""Markup of texts on a page: line breaks in long names, none in numbers; classes of cells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markupsafe import Markup

SHORT_LENGTH, SENTENCE_LENGTH = 24, 80

_SPACE = "\N{NO-BREAK SPACE}"
_BRACKETS = re.compile(r'"[^"]*"|\([^()]*\)')
# 95 % CI, p = .03, p > .99
_NUMBERS = re.compile(
    r"(?<=\d) (?=%)|(?<=\d %) (?=CI\b)|(?<=\bp) (?=[=<>])|(?<=\bp [=<>]) (?=\.\d)"
)
# in a long word: after punctuation, but not within 10,000 or 3/4 or n=40
_LONG_WORD = re.compile(r"\S{17,}")
_BREAKS = re.compile(
    r"(?<=\w[;+_])(?=\w)|(?<=[^\W\d][:,/])(?=\w)|(?<=\d[:,/])(?=[^\W\d])|(?<=\w=)(?=[^\W\d])"
)
# texts of a page are clean, so this character does not occur in them
_BREAK = "\N{ZERO WIDTH SPACE}"


def strip_badge(title: str, badge: str) -> str:
    """Return a title for the contents, without the badge that the page has.

    Examples
    --------
    >>> strip_badge("Table 5. Cost (SYNTHETIC)", "SYNTHETIC")
    'Table 5. Cost'
    """
    return title.removesuffix(f" ({badge})") if badge else title


def mark_up(text: str) -> Markup:
    """Return text as HTML; long names may break after punctuation, numbers may not.

    Examples
    --------
    >>> mark_up("< table:path=cohort.csv,columns=b.toml")
    Markup('&lt; table:<wbr>path=<wbr>cohort.csv,<wbr>columns=<wbr>b.toml')
    >>> mark_up("95 % CI, p = .04")
    Markup('95\\xa0%\\xa0CI, p\\xa0=\\xa0.04')
    """
    from markupsafe import Markup, escape

    joined = _NUMBERS.sub(_SPACE, text)
    breakable = _LONG_WORD.sub(lambda word: _BREAKS.sub(_BREAK, word[0]), joined)
    return Markup("<wbr>").join(map(escape, breakable.split(_BREAK)))


def mark_up_heading(text: str) -> Markup:
    """Return a column's heading as HTML; short text in brackets or quotes stays on one line.

    Examples
    --------
    >>> mark_up_heading("AUC (95 % CI)")
    Markup('AUC (95\\xa0%\\xa0CI)')
    """

    def join_words(part: re.Match[str]) -> str:
        return part[0].replace(" ", _SPACE) if len(part[0]) <= SHORT_LENGTH else part[0]

    return mark_up(_BRACKETS.sub(join_words, text))


def cell_class(text: str, align: str) -> str:
    """Return the class of a cell: a short name does not break, a sentence gets more width."""
    if align != "left":
        return ""
    if len(text) <= SHORT_LENGTH:
        return "left short"
    return "left sentence" if len(text) >= SENTENCE_LENGTH else "left"
