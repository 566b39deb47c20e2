"""Mentions in a sentence: names of lobes and lymph node stations, negation and uncertainty."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from lnmbench_ctreports.sentences import Sentence, Span
from lnmbench_ctreports.vocabulary import Vocabulary

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
    longest = [0] * len(sentence.text)  # the length of the longest match at each character
    for mention in matches:
        start, end = mention.span.start, mention.span.end
        longest[start:end] = [max(length, end - start) for length in longest[start:end]]
    mentions = [mention for mention in matches if _is_longest(mention.span, longest)]
    return tuple(sorted(mentions, key=lambda mention: mention.span.start))


def _is_longest(span: Span, longest: list[int]) -> bool:
    return max(longest[span.start : span.end]) == span.end - span.start


def find_negation(sentence: Sentence, mention: Span) -> Span | None:
    """Return the span from the negation to the mention, or None if the mention is not negated.

    A negation before the mention holds up to a contrast, a new statement or the sentence's end
    ("no cavitation, calcification or effusion, but …"); one after it ("… are not seen") holds
    for the list before it.
    """
    vocabulary = sentence.vocabulary
    text, negations = _find_negations(vocabulary, sentence.text)
    if vocabulary.negation_inside.search(text, mention.start, mention.end):
        return mention
    for negation in negations:
        if negation.span.end > mention.start:
            break
        if negation.ends is None or negation.ends > mention.start:
            return Span(start=negation.span.start, end=mention.end)
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


@dataclass(frozen=True, slots=True)
class _Negation:
    """A negation of what follows it, and the end of the expression at which it ends, if any."""

    span: Span
    ends: int | None


@lru_cache(maxsize=64)
def _find_negations(vocabulary: Vocabulary, text: str) -> tuple[str, tuple[_Negation, ...]]:
    """Return the text without expressions that only look like negations, and the negations.

    "No change" looks like one: it is masked.
    """
    masked = vocabulary.negation_apparent.sub(_mask, text)
    negations = []
    for match in vocabulary.negation_before.finditer(masked):
        end = vocabulary.negation_ends.search(masked, match.end())
        span = Span(start=match.start(), end=match.end())
        negations.append(_Negation(span, None if end is None else end.end()))
    return masked, tuple(negations)


def _mask(match: re.Match[str]) -> str:
    return "~" * len(match.group())
