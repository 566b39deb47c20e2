"""Cells of predictions as numbers: probabilities, ratings, or calls in words or digits."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lnmbench import UserError
from lnmbench.lexicon.class_order import order_classes
from lnmbench.lexicon.missing import is_missing
from lnmbench.records import PredictionScale
from lnmbench.text import join_first, parse_number, plural, quote

Scale = Literal["auto", "probability", "rating", "call"]
_COMMA = re.compile(r"([-+−]?\d*),(\d+)", re.ASCII)
_MOST_WORDS = 6
_CALLS = ("yes", "no", "positive", "negative")


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """Numbers from 0 to 1, NaN for a missing cell, with their scale and notes for the user.

    `rating_range` are the ratings that are 0 and 1.
    """

    numbers: tuple[float, ...]
    scale: PredictionScale
    notes: tuple[str, ...] = ()
    rating_range: tuple[float, float] | None = None


def read_values(cells: Sequence[str], *, scale: Scale, separator: str, where: str) -> Values:
    """Return the values of cells.

    Parameters
    ----------
    cells
        The cells of a column.
    scale
        The meaning of the values; `auto` if it follows from them.
    separator
        The character between cells; unless it is a comma, a comma can be a decimal mark.
    where
        The column and file in messages.

    Raises
    ------
    UserError
        For cells without a meaning, and for numbers outside of the scale.
    """
    filled = [cell for cell in cells if not _is_empty(cell)]
    if not filled:
        raise UserError("no predictions", where=where, expected="a value for each case")
    words = sorted({cell for cell in filled if _parse(cell, separator) is None})
    if words:
        return _read_words(cells, words, scale, where)
    percentages = [cell for cell in filled if cell.endswith("%")]
    if percentages and len(percentages) < len(filled):
        raise UserError(
            f"{len(percentages)} of {plural(len(filled), 'value')} are percentages",
            where=where,
            expected="all of them, or none",
            then="write all values from 0 to 1",
        )
    numbers = [_number_or_nan(cell, separator) for cell in cells]
    return _read_numbers(numbers, scale, where)


def _read_words(cells: Sequence[str], words: Sequence[str], scale: Scale, where: str) -> Values:
    """Return calls in words, such as yes and no."""
    different = sorted({cell.casefold() for cell in cells if not _is_empty(cell)})
    ordered = _order(different)
    if ordered is None or scale not in ("auto", "call"):
        raise UserError(
            f"{plural(len(words), 'different cell')} without a number",
            where=where,
            expected="numbers, or two words such as yes and no",
            got=join_first([quote(word) for word in words], _MOST_WORDS),
            then="write 1 for a positive call and 0 for a negative one",
        )
    negative, positive = ordered
    code = {negative: 0.0, positive: 1.0}
    numbers = tuple(math.nan if _is_empty(cell) else code[cell.casefold()] for cell in cells)
    readings = (f"{quote(positive)} is a positive call", f"{quote(negative)} is a negative one")
    known = [
        text for word, text in zip((positive, negative), readings, strict=True) if word in different
    ]
    return Values(numbers=numbers, scale="call", notes=(f"{where}: {', '.join(known)}",))


def _order(words: Sequence[str]) -> tuple[str, str] | None:
    """Return (negative, positive), also if all calls are one of two words, or None."""
    pairs = [words] if len(words) == 2 else [(*words, other) for other in _CALLS]
    ordered = [order_classes(pair) for pair in pairs if len(pair) == 2]
    return next((each for each in ordered if each is not None), None)


def _read_numbers(numbers: Sequence[float], scale: Scale, where: str) -> Values:
    known = [number for number in numbers if not math.isnan(number)]
    low, high = min(known), max(known)
    if scale == "rating":
        span = high - low
        scaled = [(number - low) / span if span else 0.5 for number in numbers]
        unknown = [math.isnan(number) for number in numbers]
        return Values(
            numbers=tuple(
                math.nan if gap else value for value, gap in zip(scaled, unknown, strict=True)
            ),
            scale="rating",
            notes=(f"{where}: ratings from {low:g} to {high:g}; a higher one is more suspicious",),
            rating_range=(low, high),
        )
    if low < 0.0 or high > 1.0:
        outside = sum(not 0.0 <= number <= 1.0 for number in known)
        is_percent = scale != "call" and low >= 0.0 and high <= 100.0
        percent = "divide percentages by 100, or " if is_percent else ""
        raise UserError(
            f"{outside} of {plural(len(known), 'prediction')} outside of 0 to 1",
            where=where,
            expected="calls of 0 or 1" if scale == "call" else "probabilities",
            got=f"{low:g} to {high:g}",
            then=f"{percent}set scale=rating if higher values only mean more suspicious",
        )
    is_call = all(number in (0.0, 1.0) for number in known)
    if scale == "call" and not is_call:
        raise UserError("wrong calls", where=where, expected="0 or 1", got=f"{low:g} to {high:g}")
    if scale == "auto":
        scale = "call" if is_call else "probability"
    return Values(numbers=tuple(numbers), scale=scale)


def _is_empty(cell: str) -> bool:
    return not cell or is_missing(cell)


def _number_or_nan(cell: str, separator: str) -> float:
    number = None if _is_empty(cell) else _parse(cell, separator)
    return math.nan if number is None else number


def _parse(cell: str, separator: str) -> float | None:
    """Return the number of a cell, a percentage as a share of 1, or None."""
    text, percent = (cell[:-1].strip(), 100.0) if cell.endswith("%") else (cell, 1.0)
    if separator != "," and _COMMA.fullmatch(text):
        text = text.replace(",", ".")
    number = parse_number(text)
    return None if number is None else number / percent
