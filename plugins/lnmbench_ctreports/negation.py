"""Whether a report denies what it mentions, or doubts it."""

from __future__ import annotations

import re

from lnmbench_ctreports.sentences import Sentence, Span


def denied(sentence: Sentence, mention: Span) -> Span | None:
    """Return the words from the negation to the mention, or None where it is not denied.

    A negation before the mention holds up to a contrast, a new statement or the sentence's end
    ("no cavitation, calcification or effusion, but …"); one after it ("… are not seen") holds
    for the list that it follows.
    """
    words, text = sentence.words, _without_apparent(sentence)
    if words.negation_inside.search(text, mention.start, mention.end):
        return mention
    for match in words.negation_before.finditer(text, 0, mention.start):
        if not words.negation_ends.search(text, match.end(), mention.start):
            return Span(start=match.start(), end=mention.end)
    after = words.negation_after.match(text, mention.end)
    return Span(start=mention.start, end=after.end()) if after else None


def doubted(sentence: Sentence, mention: Span) -> Span | None:
    """Return the words from the doubt to the mention, or None where there is none.

    A doubt ("possible", 可疑) holds for what follows it in its clause; some hold for what stands
    before them ("… cannot be excluded", …不除外).
    """
    start = max(sentence.text.rfind(mark, 0, mention.start) for mark in ",:") + 1
    before = sentence.words.uncertain.search(sentence.text, start, mention.start)
    if before:
        return Span(start=before.start(), end=mention.end)
    after = sentence.words.uncertain_after.match(sentence.text, mention.end)
    return Span(start=mention.start, end=after.end()) if after else None


def _without_apparent(sentence: Sentence) -> str:
    """Blank out what only looks like a negation: "no change", "cannot be excluded"."""
    return sentence.words.negation_apparent.sub(_blank, sentence.text)


def _blank(match: re.Match[str]) -> str:
    return "~" * len(match.group())
