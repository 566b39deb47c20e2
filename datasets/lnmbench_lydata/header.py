"""The three header rows of lyDATA: what was renamed over the years, brought to one spelling.

========================  ====================  ==========================================
first row                 second row            third row
========================  ====================  ==========================================
`patient`                 `core`, was `#`       `id`, `age`, …
`tumor`                   `core`, was `1`       `t_stage`; `t_stage_prefix`, was `stage_prefix`
`CT`, `pathology`, …      `core`, was `info`    `date`, …
`CT`, `pathology`, …      `ipsi`, `contra`      levels: `I`, `Ia`, …, `X`
========================  ====================  ==========================================

Files made for LyProX have `left` and `right` instead of `ipsi` and `contra`; they stay as they
are here, for which of them is ipsilateral is a matter of each patient.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from lnmbench import UserError
from lnmbench.text import plural

Key = tuple[str, str, str]
HEADERS = 3

ID: Key = ("patient", "core", "id")
T_STAGE: Key = ("tumor", "core", "t_stage")
T_PREFIX: Key = ("tumor", "core", "t_stage_prefix")
_OLD_PLACES = {"#": "core", "1": "core", "info": "core"}
_OLD_NAMES = {"stage_prefix": "t_stage_prefix"}


def is_header(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether the first three rows of a file are a header of lyDATA, old or new."""
    if len(rows) < HEADERS or not len(rows[0]) == len(rows[1]) == len(rows[2]):
        return False
    return {ID, T_STAGE} <= set(_keys(rows))


def read_header(rows: Sequence[Sequence[str]], where: str) -> tuple[Key, ...]:
    """Return the key of each column in today's spelling.

    Raises `UserError` where two columns have the same.
    """
    keys = _keys(rows)
    twice = [key for key, count in Counter(keys).items() if count > 1]
    if twice:
        raise UserError(
            f"{plural(len(twice), 'header occurs', 'headers occur')} more than once",
            where=where,
            got=f"e.g. {'/'.join(twice[0])[:60]!r}",
            then="keep one of these columns",
        )
    return keys


def is_old(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether the header has spellings of earlier years."""
    return _keys(rows) != tuple(zip(*_stripped(rows), strict=True))


def _keys(rows: Sequence[Sequence[str]]) -> tuple[Key, ...]:
    return tuple(
        (group, _OLD_PLACES.get(place, place), _OLD_NAMES.get(name, name))
        for group, place, name in zip(*_stripped(rows), strict=True)
    )


def _stripped(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[cell.strip() for cell in row] for row in rows[:HEADERS]]
