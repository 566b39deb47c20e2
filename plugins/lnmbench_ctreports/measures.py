"""Sizes in a sentence, in mm, and the lobes that they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from lnmbench_ctreports.mentions import Mention, find_negation
from lnmbench_ctreports.sentences import Sentence, Span

_NUMBER = r"\d+(?:\.\d+)?"
_UNIT = r"(?:mm|cm|㎜|㎝|毫米|厘米|公分|millimet(?:er|re)s?|centimet(?:er|re)s?)"
_PART = rf"{_NUMBER}(?:\s*+-?\s*+{_UNIT})?(?:\s*+\((?:ap|tr|trv|cc|si|ml|w|l|h)\))?"
_SIZE = re.compile(
    rf"(?<![\d.a-z/]){_PART}(?:\s*+(?:x|by|[-~])\s*+{_PART}){{0,2}}\s*-?\s*{_UNIT}?(?![a-z0-9²³/])"
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
"""Words before a number that is not a size: "image 45, 12 mm"."""
_NEAR = 160
"""Maximum number of characters before a size that the rules look at."""
_RANGE = re.compile(rf"(?<!\d)({_NUMBER})\s*({_UNIT})?\s*[-~]\s*(?={_NUMBER})")
_DIMENSION = re.compile(rf"({_NUMBER})\s*-?\s*({_UNIT})?")
_CENTIMETERS = ("c", "㎝", "厘", "公")
_LARGEST_MM = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A size: one to three dimensions in mm, and the axis if the text names it."""

    mm: tuple[float, ...]
    span: Span
    axis: Literal["short", "long"] | None = None


def find_measures(sentence: Sentence) -> tuple[Measure, ...]:
    """Return the current sizes in a sentence.

    Bounds ("less than 10 mm"), distances, slice thickness, growth, sizes in earlier studies and
    negated sizes are left out.
    """
    return tuple(_iterate_measures(sentence))


def _iterate_measures(sentence: Sentence) -> Iterator[Measure]:
    text, vocabulary = sentence.text, sentence.vocabulary
    for match in _SIZE.finditer(text):
        mm = _parse_mm(match.group())
        span = Span(start=match.start(), end=match.end())
        listed = _find_list(text, match)
        first = span.start if listed is None else listed.start()
        is_other = vocabulary.no_size_before.search(
            text, max(0, first - _NEAR), first
        ) or vocabulary.no_size_after.match(text, span.end)
        if not mm or max(mm) > _LARGEST_MM or is_other or _is_negated(sentence, span):
            continue
        mm = _select_largest_of_list(mm, match.group(), listed)
        if mm and not (
            _DIGIT_COMMA.search(text, max(0, span.start - 2), span.start)
            and not _WITH_POINT.match(match.group())
        ):
            yield Measure(mm=mm, span=span, axis=_find_axis(sentence, span))


def _find_list(text: str, match: re.Match[str]) -> re.Match[str] | None:
    """Return the numbers before a single size ("8, 12 and" before "15 mm")."""
    if len(_DIMENSION.findall(match.group())) != 1:
        return None
    start = match.start()
    listed = _LIST.search(text, max(0, start - _NEAR), start)
    numbered = listed and _NUMBERED.search(text, max(0, listed.start() - _NEAR), listed.start())
    return None if numbered else listed


def _select_largest_of_list(
    mm: tuple[float, ...], size: str, listed: re.Match[str] | None
) -> tuple[float, ...]:
    """Return the largest size of a list, or nothing if it may not be a list ("15, 8 mm")."""
    if listed is None:
        return mm
    factor = mm[0] / float(_DIMENSION.findall(size)[0][0] or 1) if mm[0] else 1.0
    others = [round(float(number) * factor, 3) for number in re.findall(_NUMBER, listed[1])]
    largest = max(*others, *mm)
    unambiguous = largest in mm or (listed[2].strip() != "," and largest <= _LARGEST_MM)
    return (largest,) if unambiguous else ()


def _is_negated(sentence: Sentence, span: Span) -> bool:
    """Return whether a size is negated in its own clause ("no node of 10 mm or more")."""
    negation = find_negation(sentence, span)
    return negation is not None and "," not in sentence.text[negation.start : negation.end]


def _parse_mm(text: str) -> tuple[float, ...]:
    """Parse `3.2 x 2.1 cm`; a number without a unit takes the next one's, a range its end."""
    parts = _DIMENSION.findall(_RANGE.sub("", text))
    unit, numbers = "", []
    for number, own_unit in reversed(parts):
        unit = own_unit or unit
        if not unit:
            return ()
        numbers.append(float(number) * (10.0 if unit[0] in _CENTIMETERS else 1.0))
    return tuple(round(number, 3) for number in reversed(numbers))


def _find_axis(sentence: Sentence, span: Span) -> Literal["short", "long"] | None:
    vocabulary, text = sentence.vocabulary, sentence.text
    first = max(0, span.start - _NEAR)
    if vocabulary.short_axis_after.match(text, span.end) or vocabulary.short_axis_before.search(
        text, first, span.start
    ):
        return "short"
    if vocabulary.long_axis_after.match(text, span.end) or vocabulary.long_axis_before.search(
        text, first, span.start
    ):
        return "long"
    return None


def pair_lobes_with_sizes(
    measures: Sequence[Measure], lobes: Sequence[Mention]
) -> tuple[Mention, ...]:
    """Return each lobe with the span from it to its size, or from the size to it.

    Lobes and sizes must alternate ("two nodules: RUL 12 mm, LLL 21 mm"). If they do not ("RUL and
    LLL, 12 and 21 mm"), the text does not state which size belongs to which lobe, and nothing is
    returned.
    """
    items = [(lobe.span.start, lobe.span, lobe.name) for lobe in lobes]
    items += [(measure.span.start, measure.span, "") for measure in measures]
    ordered = [(span, name) for _, span, name in sorted(items, key=lambda item: item[0])]
    pairs = list(zip(ordered[::2], ordered[1::2], strict=False))
    if len(ordered) % 2 or not pairs:
        return ()
    first_is_lobe = bool(pairs[0][0][1])
    if any((bool(a[1]), bool(b[1])) != (first_is_lobe, not first_is_lobe) for a, b in pairs):
        return ()
    return tuple(
        Mention(name=a[1] or b[1], span=Span(start=a[0].start, end=b[0].end)) for a, b in pairs
    )


def select_without_noun(pairs: Sequence[Mention], nouns: Sequence[Span]) -> tuple[Mention, ...]:
    """Return the pairs without a noun of their own, each at the first character of its span.

    A noun before the next lobe or size belongs to the pair.
    """
    ends = [*(pair.span.start for pair in pairs[1:]), 10**9][: len(pairs)]
    return tuple(
        Mention(name=pair.name, span=Span(start=pair.span.start, end=pair.span.start + 1))
        for pair, end in zip(pairs, ends, strict=True)
        if not any(pair.span.start <= noun.start < end for noun in nouns)
    )
