"""Names in a sentence: lobes and lymph node stations, from the tables of the vocabulary."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lnmbench_ctreports.sentences import Sentence, Span

LOBES = ("RUL", "RML", "RLL", "LUL", "lingula", "LLL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a stretch of text names."""

    name: str
    span: Span


def named(table: Mapping[str, re.Pattern[str]], sentence: Sentence) -> tuple[Named, ...]:
    """Return what a sentence names, in its order; of overlapping names the longest.

    Names of equal length at one place all count: "bilateral hilar" is both sides.
    """
    found = [
        Named(name=name, span=Span(start=match.start(), end=match.end()))
        for name, pattern in table.items()
        for match in pattern.finditer(sentence.text)
    ]
    kept = [one for one in found if not any(_covers(other.span, one.span) for other in found)]
    return tuple(sorted(kept, key=lambda one: one.span.start))


def _covers(longer: Span, span: Span) -> bool:
    overlap = longer.start < span.end and span.start < longer.end
    return overlap and longer.end - longer.start > span.end - span.start
