"""Sections on comparisons: those of the questions, and all of them in the appendix."""

from __future__ import annotations

from collections.abc import Sequence

from lnmbench.contracts import SectionGroup
from lnmbench.records import Block, PairComparison, Results
from lnmbench.results import all_questions, aux_questions, comparisons_in_order
from lnmbench.text import plural
from lnmbench_report.comparisons.additional_tests import make_additional_table
from lnmbench_report.comparisons.difference_table import make_difference_table

FEW_PAIRS = 10
"""Pairs that the first table shows whatever the questions are; five methods have as many."""
MOST_PAIRS = 30
"""The largest number of pairs in the first table if there are more; questions on auxiliary tasks
are always shown."""
MOST_OTHER_PAIRS = 12
"""The largest number of pairs outside of the first table that the terminal and Markdown show."""


class Comparisons:
    """Differences with the corrected, Holm's and the published p; then the additional tests.

    Of more than a few pairs it shows those of the questions.
    """

    group: SectionGroup = "comparisons"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return two tables, or no block if no pair was compared."""
        comparisons = comparisons_in_order(results)
        selected = _select_questions(results, comparisons)
        return [
            *make_difference_table(results, selected, notes=_count_left_out(comparisons, selected)),
            *make_additional_table(results, selected),
        ]


class AllComparisons:
    """The same tables with every pair, if the first ones left some out."""

    group: SectionGroup = "appendix"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return two tables, or no block if the first tables show every pair."""
        comparisons = comparisons_in_order(results)
        selected = _select_questions(results, comparisons)
        if len(selected) == len(comparisons):
            return []
        exhaustive = _has_many_others(comparisons, selected)
        return [
            *make_difference_table(results, comparisons, every_pair=True, exhaustive=exhaustive),
            *make_additional_table(results, comparisons, every_pair=True, exhaustive=exhaustive),
        ]


def _select_questions(
    results: Results, comparisons: Sequence[PairComparison]
) -> list[PairComparison]:
    if len(_pairs(comparisons)) <= FEW_PAIRS:
        return list(comparisons)
    pairs = list(dict.fromkeys(question.fingerprints for question in all_questions(results)))
    selected = set(pairs[: max(MOST_PAIRS, len(aux_questions(results)))])
    return [comparison for comparison in comparisons if _pair(comparison) in selected]


def _pairs(comparisons: Sequence[PairComparison]) -> set[frozenset[str]]:
    return {_pair(comparison) for comparison in comparisons}


def _pair(comparison: PairComparison) -> frozenset[str]:
    return frozenset((comparison.method_a, comparison.method_b))


def _has_many_others(
    comparisons: Sequence[PairComparison], selected: Sequence[PairComparison]
) -> bool:
    return len(_pairs(comparisons)) - len(_pairs(selected)) > MOST_OTHER_PAIRS


def _count_left_out(
    comparisons: Sequence[PairComparison], selected: Sequence[PairComparison]
) -> tuple[str, ...]:
    if len(selected) == len(comparisons):
        return ()
    total = plural(len(_pairs(comparisons)), "pair")
    many = _has_many_others(comparisons, selected)
    formats = " with --format html, csv, json or latex" if many else ""
    return (
        f"{len(_pairs(selected))} of {total}: those of this report's questions. "
        f'The table "All differences between methods" shows all {total}{formats}.',
    )
