"""Lesion numbers: assigns each mention to a lesion while a report moves from one to the next."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lnmbench_ctreports.mentions import Mention, find_negation
from lnmbench_ctreports.sentences import Sentence, Span

_AND = re.compile(r"[\s,、]*(?:(?:and|&)\s*(?:in\s+)?(?:the\s+)?|[/、和及与])\s*")
SEVERAL = ""
"""The lobe of lesions that are described together ("nodules in the RUL and LLL"): unknown."""
LONGEST_LIST = 6
"""Maximum number of lobes in a list."""
NEAR = 30
"""Maximum number of characters between a marker ("another") or an organ and its lesion."""


class LesionTracker:
    """The lobe of each lesion by its number, and the number of the current lesion.

    A mention belongs to the lesion in its lobe, or to the current one; a word such as "another"
    (另), or a lobe that has no lesion yet, starts a new lesion. Lesion 0 always exists.
    """

    def __init__(self) -> None:
        self.lobes: list[str | None] = [None]
        self.current = 0
        self._additional: set[int] = set()

    def add(self, sentence: Sentence, span: Span, lobes: Sequence[Mention]) -> None:
        """Make the lesion of a mention the current one, unless the mention is negated.

        Parameters
        ----------
        sentence
            The sentence of the mention.
        span
            The noun of the lesion.
        lobes
            The lobes that the sentence mentions.
        """
        if find_negation(sentence, span):
            return
        vocabulary, text = sentence.vocabulary, sentence.text
        lobe = _find_nearest_lobe(lobes, span, text)
        clause = max(text.rfind(mark, 0, span.start) for mark in ",:") + 1
        start = max(clause, span.start - NEAR)
        if vocabulary.another.search(text, start, span.start):
            self._additional.add(self._start_lesion(lobe))
        elif lobe is None:
            is_main = vocabulary.main.search(text, start, span.end)
            self.current = 0 if is_main and self.current in self._additional else self.current
        elif lobe in self.lobes:
            self.current = self.lobes.index(lobe)
        elif self.lobes[self.current] is None:
            self.lobes[self.current] = lobe
        else:
            self._start_lesion(lobe)

    def _start_lesion(self, lobe: str | None) -> int:
        self.lobes.append(lobe)
        self.current = len(self.lobes) - 1
        return self.current


def _find_nearest_lobe(lobes: Sequence[Mention], span: Span, text: str) -> str | None:
    def distance(lobe: Mention) -> int:
        return max(lobe.span.start - span.end, span.start - lobe.span.end)

    if not lobes:
        return None
    index = min(range(len(lobes)), key=lambda index: distance(lobes[index]))
    # a list names each of the six lobes at most once
    near = lobes[max(0, index - LONGEST_LIST) : index + LONGEST_LIST + 1]
    nearest = lobes[index]
    in_list = any(_are_listed(nearest, lobe, near, text) for lobe in near)
    return SEVERAL if in_list else nearest.name


def _are_listed(lobe: Mention, other: Mention, lobes: Sequence[Mention], text: str) -> bool:
    """Return whether two lobes are in one list: "the RUL, RML and the LLL", 右肺上叶及左肺下叶."""
    if lobe.name == other.name:
        return False
    first, last = sorted((lobe.span, other.span), key=lambda span: span.start)
    between, start = "", first.end
    for item in lobes:
        if first.end <= item.span.start < last.start:
            between, start = between + text[start : item.span.start], item.span.end
    return bool(_AND.fullmatch(between + text[start : last.start]))
