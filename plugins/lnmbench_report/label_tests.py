"""Networks with auxiliary tasks among their negative controls (permuted labels)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lnmbench.contracts import SectionGroup
from lnmbench.records import (
    Block,
    Cell,
    Method,
    Results,
    Table,
    TableColumn,
)
from lnmbench.results import (
    ALPHA,
    FEWEST_CONTROLS,
    MISSING,
    Claim,
    ControlTest,
    Question,
    aux_questions,
    complete_methods,
    control_tests,
    decimal_places,
    format_decimal,
    format_pvalue,
    has_aux_effect,
    make_claims,
    method_labels,
    metric_heading,
)
from lnmbench.text import plural
from lnmbench_report.cohort_text import synthetic_suffix
from lnmbench_report.declared_controls import tabulate_declared_controls

MOST_ROWS = 60
"""The largest number of rows for the terminal, which has p and conclusion in the ranked table."""
COLUMNS = (
    TableColumn(key="method", heading="Method", align="left"),
    TableColumn(key="metric", heading="Metric", align="left"),
    TableColumn(key="own", heading="Own labels"),
    TableColumn(key="controls", heading="Controls"),
    TableColumn(key="permuted", heading="Permuted labels, mean (range)"),
    TableColumn(key="without", heading="No task"),
    TableColumn(key="reaching", heading="As good"),
    TableColumn(key="p", heading="p"),
    TableColumn(key="conclusion", heading="Conclusion", align="left"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A network among its controls in one metric; without a reference it has no claim."""

    method: Method
    test: ControlTest
    reference: Method | None = None
    alone: float = math.nan
    claim: Claim | None = None


class LabelTests:
    """Each network with auxiliary tasks among its negative controls."""

    group: SectionGroup = "comparisons"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return a table of each kind of controls, those that are permuted and those declared."""
        rows = list(_make_rows(results))
        tables = [_make_table(results, rows)] if rows else []
        return [*tables, *tabulate_declared_controls(results)]


def _make_rows(results: Results) -> Iterator[Row]:
    questions: dict[str, Question] = {}
    for question in aux_questions(results):
        questions.setdefault(question.method.fingerprint, question)
    for result in complete_methods(results):
        method = result.method
        if not has_aux_effect(method):
            continue
        question_of_method = questions.get(method.fingerprint)
        claims = [] if question_of_method is None else make_claims(results, question_of_method)
        by_metric = {claim.effect.metric: claim for claim in claims}
        for test in control_tests(results, method):
            yield Row(
                method=method,
                test=test,
                reference=None if question_of_method is None else question_of_method.reference,
                alone=_mean_score(results, question_of_method, test.metric),
                claim=by_metric.get(test.metric),
            )


def _mean_score(results: Results, question: Question | None, metric: str) -> float:
    """Return the mean score of a question's reference, NaN without one."""
    if question is None:
        return math.nan
    (score,) = [
        result.scores[metric].values.mean()
        for result in results.method_results
        if result.method.fingerprint == question.reference.fingerprint
    ]
    return float(score)


def _make_table(results: Results, rows: Sequence[Row]) -> Table:
    labels = method_labels(results)
    return Table(
        key="labels",
        title=f"Own labels against permuted labels{synthetic_suffix(results.card)}",
        columns=COLUMNS,
        rows=tuple(
            (Cell(text=labels[row.method.fingerprint]), *_make_cells(results, row)) for row in rows
        ),
        notes=tuple(_write_notes(results, rows)),
        methods=tuple((row.method.fingerprint,) for row in rows),
        exhaustive=len(rows) > MOST_ROWS,
    )


def _make_cells(results: Results, row: Row) -> Iterator[Cell]:
    test = row.test
    yield Cell(text=metric_heading(results, test.metric))
    yield Cell(text=format_decimal(test.score), value=test.score)
    planned = "" if test.finished else f" of {test.planned}"
    yield Cell(text=f"{len(test.scores)}{planned}", value=float(len(test.scores)))
    digits = decimal_places(test.mean)
    low, high = (format_decimal(bound, digits=digits) for bound in (test.low, test.high))
    text = format_decimal(test.mean) + (f" ({low} to {high})" if len(test.scores) > 1 else "")
    yield Cell(text=text, value=test.mean, low=test.low, high=test.high)
    yield Cell(text=format_decimal(row.alone), value=row.alone)
    yield Cell(
        text=str(test.reaching) if test.defined else MISSING,
        value=float(test.reaching) if test.defined else math.nan,
    )
    yield _p_cell(row)
    yield Cell(text=MISSING if row.claim is None else conclude_claim(row.claim))


def _p_cell(row: Row) -> Cell:
    p = row.test.pvalue if row.claim is None else claim_pvalue(row.claim)
    return Cell(text=format_pvalue(p), value=p)


def claim_pvalue(claim: Claim) -> float:
    """Return p of the test that decides: the permutation test, or that against each control.

    It is NaN without controls: no test decides before every planned control is complete.
    """
    if claim.hardest is not None:
        return claim.hardest.corrected if claim.controls == claim.planned else math.nan
    return math.nan if claim.test is None else claim.test.pvalue


def conclude_claim(claim: Claim) -> str:
    """Return the verdict on the labels of a task, in a few words."""
    if claim.helps:
        return "helps"
    if claim.evidence == "none":
        return "gain, no controls" if claim.gain else "no gain shown"
    if not claim.decided:
        reason = "controls not finished" if claim.evidence == "unfinished" else "controls undefined"
        return f"{'gain' if claim.gain else 'no gain shown'}, {reason}"
    if claim.gain:
        return "gain, not by the labels"
    return "labels matter, no gain shown" if claim.evidence == "beaten" else "not shown"


def _write_notes(results: Results, rows: Sequence[Row]) -> Iterator[str]:
    tests = [row.test for row in rows]
    level = format_decimal(ALPHA, digits=2)
    yield (
        f"Mean over {plural(results.protocol.units, 'outer fold')}, with the labels of the task "
        "and with its known labels randomly permuted (negative controls). As good: number of "
        "controls that are as good as the network with its own labels, or better."
    )
    if any(test.planned >= FEWEST_CONTROLS for test in tests):
        yield (
            "p: permutation test, (1 + as good) / (1 + controls); one test for all folds and "
            "controls, not corrected for several metrics and tasks."
        )
    if any(test.planned < FEWEST_CONTROLS for test in tests):
        yield (
            f"With fewer than {FEWEST_CONTROLS} controls, p is that of the corrected test against "
            "the control that the network is least clearly better than."
        )
    if not all(test.finished for test in tests):
        yield (
            "A network whose controls are not all finished has no p and no conclusion on the labels"
            "; resume the run."
        )
    if not all(test.defined for test in tests):
        yield (
            "A metric that a fold does not define has no p and allows no conclusion on the labels."
        )
    yield (
        "A task helps if the network is better than the one without the task (Holm p < "
        f"{level}) and better than its controls (permutation p ≤ {level} or, with fewer than "
        f"{FEWEST_CONTROLS}, corrected p < {level} against each); both must hold. The second is "
        "not adjusted for several metrics and tasks."
    )
