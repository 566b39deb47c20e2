"""Mentions in a sentence: names of lobes and lymph node stations, negation and uncertainty."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lnmbench_ctreports.sentences import Sentence, Span

LOBES = ("RUL", "RML", "RLL", "LUL", "lingula", "LLL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A name of a lobe or a station, and the span that names it."""

    name: str
    span: Span


def find_mentions(
    patterns: Mapping[str, re.Pattern[str]], sentence: Sentence
) -> tuple[Mention, ...]:
    """Return the names in a sentence, in its order; of overlapping names the longest.

    Names of equal length at one position all count: "bilateral hilar" is both sides.
    """
    matches = [
        Mention(name=name, span=Span(start=match.start(), end=match.end()))
        for name, pattern in patterns.items()
        for match in pattern.finditer(sentence.text)
    ]
    longest = [
        mention
        for mention in matches
        if not any(_covers(other.span, mention.span) for other in matches)
    ]
    return tuple(sorted(longest, key=lambda mention: mention.span.start))


def _covers(longer: Span, span: Span) -> bool:
    overlap = longer.start < span.end and span.start < longer.end
    return overlap and longer.end - longer.start > span.end - span.start


def find_negation(sentence: Sentence, mention: Span) -> Span | None:
    """Return the span from the negation to the mention, or None if the mention is not negated.

    A negation before the mention holds up to a contrast, a new statement or the sentence's end
    ("no cavitation, calcification or effusion, but …"); one after it ("… are not seen") holds
    for the list before it.
    """
    vocabulary, text = sentence.vocabulary, _mask_apparent_negations(sentence)
    if vocabulary.negation_inside.search(text, mention.start, mention.end):
        return mention
    for match in vocabulary.negation_before.finditer(text, 0, mention.start):
        if not vocabulary.negation_ends.search(text, match.end(), mention.start):
            return Span(start=match.start(), end=mention.end)
    after = vocabulary.negation_after.match(text, mention.end)
    return Span(start=mention.start, end=after.end()) if after else None


def find_uncertainty(sentence: Sentence, mention: Span) -> Span | None:
    """Return the span from the expression of uncertainty to the mention, or None.

    An expression such as "possible" or 可疑 holds for what follows it in its clause; some hold for
    what precedes them ("… cannot be excluded", …不除外).
    """
    start = max(sentence.text.rfind(mark, 0, mention.start) for mark in ",:") + 1
    before = sentence.vocabulary.uncertain.search(sentence.text, start, mention.start)
    if before:
        return Span(start=before.start(), end=mention.end)
    after = sentence.vocabulary.uncertain_after.match(sentence.text, mention.end)
    return Span(start=mention.start, end=after.end()) if after else None


def _mask_apparent_negations(sentence: Sentence) -> str:
    """Return the text with expressions masked that only look like negations: "no change"."""
    return sentence.vocabulary.negation_apparent.sub(_mask, sentence.text)


def _mask(match: re.Match[str]) -> str:
    return "~" * len(match.group())
