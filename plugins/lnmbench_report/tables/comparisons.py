"""Whether methods differ: by the test to believe, by the published one, by second opinions."""

from __future__ import annotations

from collections.abc import Sequence

from lnmbench.records import Block, PairComparison, Results
from lnmbench_report.arms import questions
from lnmbench_report.compared import differences, second_opinions
from lnmbench_report.printed import counted
from lnmbench_report.reading_order import pairs_in_order

FEW = 10
"""Pairs that one table holds whatever they ask; that many come of five methods."""
MOST = 30
"""Pairs that are shown where there are more."""


class Comparisons:
    """Differences with the corrected, Holm's and the published p; then the second opinions.

    Of more than a few pairs, those that a question is about.
    """

    order = 30

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return two tables, or nothing where nothing could be compared."""
        pairs = pairs_in_order(results)
        asked = _asked(results, pairs)
        return [
            *differences(results, asked, notes=_left_out(pairs, asked)),
            *second_opinions(results, asked),
        ]


class AllComparisons:
    """The same tables with every pair, where the first ones left some out."""

    order = 75

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return two tables, or nothing where there is nothing to add."""
        pairs = pairs_in_order(results)
        if len(_asked(results, pairs)) == len(pairs):
            return []
        return [
            *differences(results, pairs, every=True),
            *second_opinions(results, pairs, every=True),
        ]


def _asked(results: Results, pairs: Sequence[PairComparison]) -> list[PairComparison]:
    if len(_couples(pairs)) <= FEW:
        return list(pairs)
    asked = list(dict.fromkeys(question.couple for question in questions(results)))[:MOST]
    kept = set(asked)
    return [one for one in pairs if _couple(one) in kept]


def _couples(pairs: Sequence[PairComparison]) -> set[frozenset[str]]:
    return {_couple(one) for one in pairs}


def _couple(one: PairComparison) -> frozenset[str]:
    return frozenset((one.method_a, one.method_b))


def _left_out(pairs: Sequence[PairComparison], asked: Sequence[PairComparison]) -> tuple[str, ...]:
    if len(asked) == len(pairs):
        return ()
    every = counted(len(_couples(pairs)), "pair", "pairs")
    return (
        f"{len(_couples(asked))} of {every}, those that the questions of this report are about. "
        f'All {every} stand in its table "All differences between methods".',
    )
