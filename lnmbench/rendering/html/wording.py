"""How texts are set on a page: what stays on one line, what the contents leave out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markupsafe import Markup

LONGEST, SENTENCE = 24, 80

_SPACE = "\N{NO-BREAK SPACE}"
_BRACKETS = re.compile(r'"[^"]*"|\([^()]*\)')
# 95 % CI, p = .03, p > .99
_FIGURES = re.compile(
    r"(?<=\d) (?=%)|(?<=\d %) (?=CI\b)|(?<=\bp) (?=[=<>])|(?<=\bp [=<>]) (?=\.\d)"
)
# in a long word: behind a sign, but not within 10,000 or 3/4 or n=40
_LONG_WORD = re.compile(r"\S{17,}")
_BREAKS = re.compile(
    r"(?<=\w[;+_])(?=\w)|(?<=[^\W\d][:,/])(?=\w)|(?<=\d[:,/])(?=[^\W\d])|(?<=\w=)(?=[^\W\d])"
)
# texts of a page are clean: this sign is not in them
_BREAK = "\N{ZERO WIDTH SPACE}"


def listed(title: str, badge: str) -> str:
    """Return a title for the contents, without the badge that the page bears anyway.

    Examples
    --------
    >>> listed("Table 5. Cost (SYNTHETIC)", "SYNTHETIC")
    'Table 5. Cost'
    """
    return title.removesuffix(f" ({badge})") if badge else title


def words(text: str) -> Markup:
    """Return text as HTML in which long names may break behind their signs, figures do not.

    Examples
    --------
    >>> words("< table:path=cohort.csv,columns=b.toml")
    Markup('&lt; table:<wbr>path=<wbr>cohort.csv,<wbr>columns=<wbr>b.toml')
    >>> words("95 % CI, p = .04")
    Markup('95\\xa0%\\xa0CI, p\\xa0=\\xa0.04')
    """
    from markupsafe import Markup, escape

    together = _FIGURES.sub(_SPACE, text)
    loose = _LONG_WORD.sub(lambda word: _BREAKS.sub(_BREAK, word[0]), together)
    return Markup("<wbr>").join(map(escape, loose.split(_BREAK)))


def heading(text: str) -> Markup:
    """Return a column's heading: what stands in brackets or quotes is on one line if short.

    Examples
    --------
    >>> heading("AUC (95 % CI)")
    Markup('AUC (95\\xa0%\\xa0CI)')
    """

    def together(part: re.Match[str]) -> str:
        return part[0].replace(" ", _SPACE) if len(part[0]) <= LONGEST else part[0]

    return words(_BRACKETS.sub(together, text))


def cell_class(text: str, align: str) -> str:
    """Return the class of a cell: a short name does not break, a sentence has room."""
    if align != "left":
        return ""
    if len(text) <= LONGEST:
        return "left short"
    return "left told" if len(text) >= SENTENCE else "left"
