"""Which lesion a mention is about, as a report goes from one to the next."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lnmbench_ctreports.lobes import Named
from lnmbench_ctreports.negation import denied
from lnmbench_ctreports.sentences import Sentence, Span

_AND = re.compile(r"[\s,、]*(?:(?:and|&)\s*(?:in\s+)?(?:the\s+)?|[/、和及与])\s*")
SEVERAL = ""
"""The lobe of lesions that are told of together ("nodules in the RUL and LLL"): not known."""
NEAR = 30
"""Characters between a marker ("another") or an organ and the lesion that it is about."""


class Lesions:
    """The lobe of each lesion told of so far by its number, and the number of the last one.

    A mention belongs to the lesion in its lobe, or to the one told of last; words such as
    "another" (另) and a lobe of its own start a new lesion. Lesion 0 always is.
    """

    def __init__(self) -> None:
        self.lobes: list[str | None] = [None]
        self.current = 0
        self._others: set[int] = set()

    def tell(self, sentence: Sentence, span: Span, there: Sequence[Named]) -> None:
        """Make the lesion of a mention the current one; `there` are the lobes of its sentence.

        What is denied ("no other nodules") is no lesion.
        """
        if denied(sentence, span):
            return
        words, text, lobe = sentence.words, sentence.text, _nearest(there, span, sentence.text)
        clause = max(text.rfind(mark, 0, span.start) for mark in ",:") + 1
        start = max(clause, span.start - NEAR)
        if words.another.search(text, start, span.start):
            self._others.add(self._new(lobe))
        elif lobe is None:
            about_main = words.main.search(text, start, span.end)
            self.current = 0 if about_main and self.current in self._others else self.current
        elif lobe in self.lobes:
            self.current = self.lobes.index(lobe)
        elif self.lobes[self.current] is None:
            self.lobes[self.current] = lobe
        else:
            self._new(lobe)

    def _new(self, lobe: str | None) -> int:
        self.lobes.append(lobe)
        self.current = len(self.lobes) - 1
        return self.current


def _nearest(there: Sequence[Named], span: Span, text: str) -> str | None:
    def distance(one: Named) -> int:
        return max(one.span.start - span.end, span.start - one.span.end)

    if not there:
        return None
    near = min(there, key=distance)
    joined = any(_joined(near, one, there, text) for one in there)
    return SEVERAL if joined else near.name


def _joined(one: Named, other: Named, there: Sequence[Named], text: str) -> bool:
    """Whether two lobes stand in a list: "the RUL, RML and the LLL", 右肺上叶及左肺下叶."""
    first, last = sorted((one.span, other.span), key=lambda span: span.start)
    between, start = "", first.end
    for lobe in there:
        if first.end <= lobe.span.start < last.start:
            between, start = between + text[start : lobe.span.start], lobe.span.end
    return one.name != other.name and bool(_AND.fullmatch(between + text[start : last.start]))
