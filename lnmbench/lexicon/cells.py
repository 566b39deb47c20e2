"""Cells that show when a column is known: TNM classes, stages, outcomes, operations."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from lnmbench.lexicon.missing import is_missing
from lnmbench.lexicon.normal_form import fold, split_words
from lnmbench.lexicon.vocabulary import find_topics

MOST_CLASSES = 40
"""Different cells of a column that can be classes."""
MOST_WORDS = 12
_SUBJECTS = {
    "death": "states of survival",
    "recurrence": "states of recurrence",
    "surgery": "operations",
}

_SUFFIX = r"( ?\((mi|sn|i[+-]?|mol[+-]?|[0-9/ ]+|m|r|y)\))*[+*]?"
_NODES = re.compile(rf"n ?([0-3]|x)( ?mi|[abc][1-3i]*)?{_SUFFIX}|n\+|n ?[1-3] ?[-/] ?n? ?[1-3]")
_TUMOR = re.compile(rf"t ?([0-4]|x|is)( ?mi|[a-d])?( ?\((mi|is|s|m|dcis|lcis|[0-9])\))*{_SUFFIX}")
_DISTANT = re.compile(rf"m ?([01]|x)[a-d]?{_SUFFIX}")
_WHOLE = re.compile(r"[ycpr]*t[0-4xi].{0,8}?n[0-3x].*")
_PREFIX = re.compile(r"^(?P<letters>[yra]*(?P<kind>[pc]))(?=[ -]?[tnm])[ -]?")
_STAGE = re.compile(
    r"(stage|stadium|stade|estadio|stadio|ajcc|uicc)? ?"
    r"(0|i{1,3}|iv|[1-4]) ?(?P<letter>[abc]?)[1-3]?"
)
_CODE_OF_N = re.compile(r"[0-3x]([abc][1-3]?|mi)?")
_CODE_OF_T = re.compile(r"([0-4x]([abcd]|mi)?|is)")
_CLASS_NAME = (
    r"(y?r?p|path[a-z]*|ajcc|tnm|病理学?的?|術後病理|术后病理|병리학?적?|병리)?{}"
    r"(path[a-z]*|stag[a-z]*|stad[a-z]*|cat[a-z]*|klass[a-z]*|tnm|分期|分类|分類|因子|病期|병기|期)?"
)
_NAME_OF_N = re.compile(_CLASS_NAME.format("n"))
_NAME_OF_T = re.compile(_CLASS_NAME.format("t"))
# with words beside it: pN (9th edition)
_SYMBOL_OF_N = re.compile(r"(?<![A-Za-z])y?pN(?![A-Za-z])")
_SYMBOL_OF_T = re.compile(r"(?<![A-Za-z])y?pT(?![A-Za-z])")
_RATIO = re.compile(r"\d{1,3} ?/ ?\d{1,3}")
# as written: Pn0 is a class of perineural invasion, pN0 one of lymph nodes
_NERVE = re.compile(r"Pn ?[01xX]")
_NAME_OF_NERVE = re.compile(r"(?<![A-Za-z])Pn(?![A-Za-z])")
_FAMILIES = {
    "residual tumor classes (R0, R1)": re.compile(r"r ?[0-2x]( ?\(.*\))?"),
    "grades of differentiation (G1, G2)": re.compile(r"g ?[1-4x]([-/]g?[1-4])?"),
    "classes of pleural invasion (PL0, PL1)": re.compile(r"p?pl ?[0-3x]"),
    "classes of vessel or nerve invasion (L0, V1, Pn0)": re.compile(r"(ly?|v|pn) ?[0-3x]"),
}
_DATE = re.compile(
    r"\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?([T ].*)?"
    r"|(19|20)\d{2}[-/.](0?[1-9]|1[0-2])|\d{4}年(\d{1,2}月)?(\d{1,2}日)?"
    r"|\d{1,2}[-/.]\s?\d{1,2}[-/.]\s?\d{2,4}([T ].*)?"
    r"|\d{1,2}[-/. ]?[a-z]{3,9}\.?[-/., ]{0,2}\d{2,4}|[a-z]{3,9}\.? \d{1,2},? \d{4}"
    r"|\d{4}\s?년.*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Kind of the cells of a column. `is_sure`: they say it themselves, as pN1 and cN1 do.

    `label` is the label that they could serve: `pn`, `pt` or nothing. `is_group`: they are overall
    stages, which contain the N category.
    """

    time: Literal["before", "after"]
    text: str
    is_sure: bool = False
    label: str = ""
    is_group: bool = False


def find_evidence(cells: Sequence[str], topics: Collection[str], name: str) -> Evidence | None:
    """Return what the cells say about the time at which they are known, or None.

    Parameters
    ----------
    cells
        The cells or categories of a column.
    topics
        Topics of the column's name of which both times are possible.
    name
        The name of the column.
    """
    distinct = _list_classes(cells)
    if not distinct:
        return None
    is_nerve = "nodal_class" not in topics and all(
        _NERVE.fullmatch(cell.strip()) for cell in cells if cell and not is_missing(cell)
    )
    if is_nerve:
        return _find_family(distinct)
    return _find_classes(distinct) or _find_codes(distinct, topics, name) or _find_family(distinct)


def find_words(cells: Sequence[str]) -> Evidence | None:
    """Return outcomes or operations, if at least half of the different cells name them."""
    words = [cell for cell in _list_classes(cells) if not cell.replace(".", "").isdigit()]
    if not 2 <= len(words) <= MOST_WORDS:
        return None
    topics = [find_topics(cell, "outcome", "specimen", "before") for cell in words]
    for key, text in _SUBJECTS.items():
        named = [
            any(topic.key == key for topic in mentioned)
            and not any(topic.file == "before" for topic in mentioned)
            for mentioned in topics
        ]
        if sum(named) >= len(words) / 2:
            return Evidence(time="after", text=text)
    return None


def is_date(cell: str) -> bool:
    """Return whether a cell is a date.

    Examples
    --------
    >>> [is_date(cell) for cell in ("2020-01-02", "3.4.2021", "2020年3月4日", "12-Mar-2020")]
    [True, True, True, True]
    >>> [is_date(cell) for cell in ("1.5", "12", "3/12", "2020")]
    [False, False, False, False]
    """
    return bool(_DATE.fullmatch(cell.strip()))


def is_ratio(cell: str) -> bool:
    """Return whether a cell counts nodes, as 2/12 does."""
    return bool(_RATIO.fullmatch(cell.strip()))


def _find_classes(cells: Collection[str]) -> Evidence | None:
    prefixes = [_PREFIX.match(cell) for cell in cells]
    stems = [_PREFIX.sub("", cell, count=1) for cell in cells]
    kinds = {match["kind"] for match in prefixes if match}
    if all(_NODES.fullmatch(stem) for stem in stems):
        letter, label = "N", "pn"
    elif all(_TUMOR.fullmatch(stem) for stem in stems):
        letter, label = "T", "pt"
    elif all(_DISTANT.fullmatch(stem) for stem in stems):
        letter, label = "M", ""
    elif all(_WHOLE.fullmatch(cell) for cell in cells):
        letter, label = "TNM", ""
    else:
        return None
    if kinds == {"c"} and all(prefixes):
        return Evidence(
            time="before", text=f"clinical {letter} stages", is_sure=True, is_group=letter == "TNM"
        )
    return Evidence(
        time="after",
        text=f"pathological {letter} stages",
        is_sure="p" in kinds,
        label=label,
        is_group=letter == "TNM",
    )


def _find_codes(cells: Collection[str], topics: Collection[str], name: str) -> Evidence | None:
    """Return stages, and the codes of T and N classes below a name of such a class."""
    words = split_words(name).split()
    compact = "".join(words)
    is_n = "nodal_class" in topics and "n" in words
    is_n |= bool(_NAME_OF_N.fullmatch(compact)) and not _NAME_OF_NERVE.search(name)
    is_n |= bool(_SYMBOL_OF_N.search(name))
    if is_n and all(map(_CODE_OF_N.fullmatch, cells)):
        return Evidence(time="after", text="pathological N stages", label="pn")
    is_t = ("stage" in topics and "t" in words) or bool(_SYMBOL_OF_T.search(name))
    if (is_t or _NAME_OF_T.fullmatch(compact)) and all(map(_CODE_OF_T.fullmatch, cells)):
        return Evidence(time="after", text="pathological T stages", label="pt")
    stages = [_STAGE.fullmatch(cell) for cell in cells]
    if all(stages):
        is_lettered = any(match["letter"] for match in stages if match)
        if is_lettered or "stage" in topics:
            text = "stage groups, which depend on the lymph nodes"
            return Evidence(time="after", text=text, is_group=True)
    return None


def _find_family(cells: Collection[str]) -> Evidence | None:
    for text, pattern in _FAMILIES.items():
        if all(pattern.fullmatch(cell) for cell in cells):
            return Evidence(time="after", text=text)
    if all(_RATIO.fullmatch(cell) for cell in cells):
        return Evidence(time="after", text="counts such as positive/examined nodes")
    return None


def _list_classes(cells: Sequence[str]) -> set[str]:
    """Return the different cells without missing ones, or none if they are too many."""
    distinct = {fold(cell.strip()) for cell in set(cells) if cell and not is_missing(cell)}
    return distinct if len(distinct) <= MOST_CLASSES else set()
