"""Sizes in a sentence, in mm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from lnmbench_ctreports.negation import denied
from lnmbench_ctreports.sentences import Sentence, Span

_NUMBER = r"\d+(?:\.\d+)?"
_UNIT = r"(?:mm|cm|㎜|㎝|毫米|厘米|公分|millimet(?:er|re)s?|centimet(?:er|re)s?)"
_PART = rf"{_NUMBER}(?:\s*-?\s*{_UNIT})?(?:\s*\((?:ap|tr|trv|cc|si|ml|w|l|h)\))?"
_SIZE = re.compile(
    rf"(?<![\d.a-z/]){_PART}(?:\s*(?:x|by|[-~])\s*{_PART}){{0,2}}\s*-?\s*{_UNIT}?(?![a-z0-9²³/])"
)
_RANGE = re.compile(rf"({_NUMBER})\s*({_UNIT})?\s*[-~]\s*(?={_NUMBER})")
_DIMENSION = re.compile(rf"({_NUMBER})\s*-?\s*({_UNIT})?")
_CENTIMETRES = ("c", "㎝", "厘", "公")
_LARGEST_MM = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A size: one to three dimensions in mm, and the axis where the text names it."""

    mm: tuple[float, ...]
    span: Span
    axis: Literal["short", "long"] | None = None


def measures(sentence: Sentence) -> tuple[Measure, ...]:
    """Return the sizes that a sentence gives as those of today.

    Bounds ("less than 10 mm"), distances, slice thickness, growth, sizes in earlier studies and
    denied ones are left out.
    """
    return tuple(_measures(sentence))


def _measures(sentence: Sentence) -> Iterator[Measure]:
    text, words = sentence.text, sentence.words
    for match in _SIZE.finditer(text):
        mm = _millimetres(match.group())
        span = Span(start=match.start(), end=match.end())
        before = text[: span.start]
        foreign = words.no_size_before.search(before) or words.no_size_after.match(text, span.end)
        if mm and max(mm) <= _LARGEST_MM and not foreign and not _denied(sentence, span):
            yield Measure(mm=mm, span=span, axis=_axis(sentence, span))


def _denied(sentence: Sentence, span: Span) -> bool:
    """Whether a size is denied in its own clause ("no node of 10 mm or more")."""
    found = denied(sentence, span)
    return found is not None and "," not in sentence.text[found.start : found.end]


def _millimetres(text: str) -> tuple[float, ...]:
    """Read `3.2 x 2.1 cm`; a number without a unit takes the next one's, a range its end."""
    parts = _DIMENSION.findall(_RANGE.sub("", text))
    unit, numbers = "", []
    for number, own in reversed(parts):
        unit = own or unit
        if not unit:
            return ()
        numbers.append(float(number) * (10.0 if unit[0] in _CENTIMETRES else 1.0))
    return tuple(round(number, 3) for number in reversed(numbers))


def _axis(sentence: Sentence, span: Span) -> Literal["short", "long"] | None:
    words, text = sentence.words, sentence.text
    before = text[: span.start]
    if words.short_axis_after.match(text, span.end) or words.short_axis_before.search(before):
        return "short"
    if words.long_axis_after.match(text, span.end) or words.long_axis_before.search(before):
        return "long"
    return None
