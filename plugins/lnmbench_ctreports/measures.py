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
_DIGIT_COMMA = re.compile(r"\d,$")
_WITH_POINT = re.compile(r"\d+\.")
_LIST = re.compile(
    rf"(?<![a-z\d.,/])({_NUMBER}(?:(?:,\s+|\s*、){_NUMBER})*)(\s*,?\s+(?:and|&)\s+|\s*[、和及与]\s*|,\s+)$"
)
_NUMBERED = re.compile(
    r"(?:\b(?:stations?|levels?|zones?|groups?|images?|im|img|series|se|slices?|segments?|lesions?"
    r"|nodules?|no\.?|s)|[第段区组站层])\s*#?$"
)
"""Words before a number that make it no size: "image 45, 12 mm"."""
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
        listed = _listed(text, match)
        before = text[: span.start if listed is None else listed.start()]
        foreign = words.no_size_before.search(before) or words.no_size_after.match(text, span.end)
        if not mm or max(mm) > _LARGEST_MM or foreign or _denied(sentence, span):
            continue
        mm = _of_list(mm, match.group(), listed)
        if mm and not (
            _DIGIT_COMMA.search(text[: span.start]) and not _WITH_POINT.match(match.group())
        ):
            yield Measure(mm=mm, span=span, axis=_axis(sentence, span))


def _listed(text: str, match: re.Match[str]) -> re.Match[str] | None:
    """Return the numbers in front of a single size ("8, 12 and" before "15 mm")."""
    if len(_DIMENSION.findall(match.group())) != 1:
        return None
    listed = _LIST.search(text[: match.start()])
    numbered = listed and _NUMBERED.search(text[: listed.start()])
    return None if numbered else listed


def _of_list(mm: tuple[float, ...], own: str, listed: re.Match[str] | None) -> tuple[float, ...]:
    """Return the largest size of a list; nothing where it may be none ("15, 8 mm")."""
    if listed is None:
        return mm
    factor = mm[0] / float(_DIMENSION.findall(own)[0][0] or 1) if mm[0] else 1.0
    others = [round(float(one) * factor, 3) for one in re.findall(_NUMBER, listed[1])]
    largest = max(*others, *mm)
    sure = largest in mm or (listed[2].strip() != "," and largest <= _LARGEST_MM)
    return (largest,) if sure else ()


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
