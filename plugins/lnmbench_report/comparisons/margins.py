"""Non-inferiority and equivalence within the margins that were declared before the run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lnmbench.contracts import SectionGroup
from lnmbench.records import Block, Cell, Results, Table, TableColumn
from lnmbench.results import (
    MarginVerdict,
    all_questions,
    can_show_effect,
    format_decimal,
    format_interval,
    format_with_interval,
    join_and,
    question_margins,
)
from lnmbench_report.cohort_text import synthetic_suffix
from lnmbench_report.comparisons.contrasts import pair_label

COLUMNS = (
    TableColumn(key="method", heading="Method", align="left"),
    TableColumn(key="against", heading="against", align="left"),
    TableColumn(key="metric", heading="Metric", align="left"),
    TableColumn(key="margin", heading="Margin"),
    TableColumn(key="improvement", heading="Improvement (95 % CI)"),
    TableColumn(key="narrow", heading="90 % CI"),
    TableColumn(key="verdict", heading="Verdict"),
)


class Margins:
    """Superiority, non-inferiority and equivalence of each question within declared margins."""

    group: SectionGroup = "comparisons"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one table, or no block if no margin was declared."""
        questions = {question.fingerprints: question for question in all_questions(results)}
        rows = [
            (question, verdict)
            for question in questions.values()
            for verdict in question_margins(results, question)
        ]
        table = Table(
            key="margins",
            title=f"Declared margins{synthetic_suffix(results.card)}",
            columns=COLUMNS,
            rows=tuple(
                (
                    Cell(text=question.method.label),
                    Cell(text=question.reference.label),
                    *_make_cells(verdict),
                )
                for question, verdict in rows
            ),
            notes=tuple(_write_notes(results)),
            methods=tuple(
                (question.method.fingerprint, question.reference.fingerprint)
                for question, _ in rows
            ),
        )
        return [table] if rows else []


def _make_cells(verdict: MarginVerdict) -> Iterator[Cell]:
    test = verdict.test
    yield Cell(text=verdict.metric_title)
    yield Cell(text=format_decimal(test.margin), value=test.margin)
    yield Cell(
        text=format_with_interval(verdict.estimate, verdict.low, verdict.high),
        value=verdict.estimate,
        low=verdict.low,
        high=verdict.high,
    )
    narrow = test.interval
    yield Cell(text=format_interval(narrow.low, narrow.high), low=narrow.low, high=narrow.high)
    yield Cell(text=verdict.verdict)


def _write_notes(results: Results) -> Iterator[str]:
    yield (
        "Improvement: difference in favor of the method. Superior: the 95 % interval is above 0. "
        "Non-inferior: it is above −margin (one-sided test at 2.5 %). Equivalent: the 90 % "
        "interval is within ± margin (two one-sided tests at 5 %). Inferior: the 95 % interval is "
        "below 0. Intervals are those of the corrected resampled t, without Holm's correction."
    )
    unchanged = [q for q in all_questions(results) if not can_show_effect(results, q)]
    if unchanged:
        yield (
            f"{join_and([pair_label(question) for question in unchanged])}: the comparison could "
            "not have shown an effect, so equivalence says nothing about the labels of a task."
        )
