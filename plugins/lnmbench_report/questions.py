"""Questions on auxiliary tasks: one ranked table, and a figure of effects with their controls."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lnmbench.contracts import SectionGroup
from lnmbench.records import Block, Cell, MethodResult, Results, Table, TableColumn
from lnmbench.results import (
    MISSING,
    Claim,
    PredictionChange,
    Question,
    aux_questions,
    complete_methods,
    format_decimal,
    format_difference,
    format_interval,
    format_pvalue,
    learned_metric,
    make_claims,
    method_labels,
    metric_heading,
    metric_title,
    planned_controls,
    positive_effects,
    possible_gain,
    prediction_change,
    primary_metrics_in_order,
)
from lnmbench.text import plural
from lnmbench_report.cohort_text import synthetic_suffix
from lnmbench_report.cost import format_duration
from lnmbench_report.label_tests import MOST_ROWS, claim_pvalue, conclude_claim
from lnmbench_report.question_figure import draw_effects

COLUMNS = (
    TableColumn(key="rank", heading="Rank"),
    TableColumn(key="method", heading="Method", align="left"),
    TableColumn(key="metric", heading="Metric", align="left"),
    TableColumn(key="effect", heading="Effect (95 % CI)"),
    TableColumn(key="p_holm", heading="p, Holm"),
    TableColumn(key="controls", heading="Controls"),
    TableColumn(key="p_controls", heading="p, controls"),
    TableColumn(key="oracle", heading="Oracle"),
    TableColumn(key="known", heading="Known"),
    TableColumn(key="learned", heading="Learned (chance)", align="left"),
    TableColumn(key="correlation", heading="r without the task"),
    TableColumn(key="possible", heading="Possible"),
    TableColumn(key="cost", heading="Time"),
    TableColumn(key="conclusion", heading="Conclusion", align="left"),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Row:
    """A question in one metric, with the numbers that are the same in all metrics."""

    question: Question
    claim: Claim
    change: PredictionChange | None
    possible: float
    oracle: float
    result: MethodResult
    control_seconds: float


class Questions:
    """Each network with auxiliary tasks against the same network without them, ranked."""

    group: SectionGroup = "comparisons"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return a table and a figure, or no block without a question that was compared.

        A single question has no rank, and its numbers are in other tables: it has a figure alone.
        """
        rows = _rank(results, list(_make_rows(results)))
        if not rows:
            return []
        claims = [row.claim for row in rows]
        figure = draw_effects(results, claims)
        several = len({row.question.fingerprints for row in rows}) > 1
        return [_make_table(results, rows), figure] if several else [figure]


def _make_rows(results: Results) -> Iterator[_Row]:
    by_key = {result.method.fingerprint: result for result in complete_methods(results)}
    for question in aux_questions(results):
        oracle = {effect.metric: effect.estimate for effect in positive_effects(results, question)}
        change = prediction_change(results, question)
        possible = possible_gain(results, question)
        controls = planned_controls(results, question.method)
        for claim in make_claims(results, question):
            yield _Row(
                question=question,
                claim=claim,
                change=change,
                possible=possible,
                oracle=oracle.get(claim.effect.metric, math.nan),
                result=by_key[question.method.fingerprint],
                control_seconds=sum(control.cost.seconds for control in controls),
            )


def _rank(results: Results, rows: Sequence[_Row]) -> list[_Row]:
    """Return the rows by metric, the greatest improvement first and undefined effects last."""
    order = {metric: index for index, metric in enumerate(primary_metrics_in_order(results))}

    def key(row: _Row) -> tuple[int, float]:
        effect = row.claim.effect
        gain = effect.estimate if effect.upward else -effect.estimate
        return order.get(effect.metric, len(order)), math.inf if math.isnan(gain) else -gain

    return sorted(rows, key=key)


def _make_table(results: Results, rows: Sequence[_Row]) -> Table:
    labels = method_labels(results)
    used = [column for column in COLUMNS if column.key != "oracle" or _has_oracle(rows)]
    ranks: dict[str, int] = {}
    lines = []
    for row in rows:
        metric = row.claim.effect.metric
        ranks[metric] = ranks.get(metric, 0) + 1
        cells = {
            "rank": Cell(text=str(ranks[metric]), value=float(ranks[metric])),
            "method": Cell(text=labels[row.question.method.fingerprint]),
            **_make_cells(results, row),
        }
        lines.append(tuple(cells[column.key] for column in used))
    return Table(
        key="questions",
        title=f"Questions on auxiliary tasks{synthetic_suffix(results.card)}",
        columns=tuple(used),
        rows=tuple(lines),
        notes=tuple(_write_notes(results, rows)),
        methods=tuple((row.question.method.fingerprint,) for row in rows),
    )


def _has_oracle(rows: Sequence[_Row]) -> bool:
    return not all(math.isnan(row.oracle) for row in rows)


def _make_cells(results: Results, row: _Row) -> dict[str, Cell]:
    effect, claim, change = row.claim.effect, row.claim, row.change
    interval = f" ({format_interval(effect.low, effect.high)})"
    planned = "" if claim.controls == claim.planned else f" of {claim.planned}"
    p = claim_pvalue(claim)
    correlation = math.nan if change is None else change.correlation
    seconds = row.result.cost.seconds + row.control_seconds
    return {
        "metric": Cell(text=metric_heading(results, effect.metric)),
        "effect": Cell(text="undefined")
        if effect.undefined
        else Cell(
            text=format_difference(effect.estimate) + interval,
            value=effect.estimate,
            low=effect.low,
            high=effect.high,
        ),
        "p_holm": Cell(text=format_pvalue(effect.holm), value=effect.holm),
        "controls": Cell(text=f"{claim.controls}{planned}", value=float(claim.controls)),
        "p_controls": Cell(text=format_pvalue(p), value=p),
        "oracle": _difference_cell(row.oracle),
        "known": _known_cell(results, row.result),
        "learned": _learned_cell(results, row.result),
        "correlation": Cell(text=format_decimal(correlation), value=correlation),
        "possible": _difference_cell(row.possible),
        "cost": Cell(text=format_duration(seconds), value=seconds),
        "conclusion": Cell(text=conclude_claim(claim)),
    }


def _difference_cell(value: float) -> Cell:
    if math.isnan(value):
        return Cell(text=MISSING, value=value)
    return Cell(text=format_difference(value), value=value)


def _known_cell(results: Results, result: MethodResult) -> Cell:
    """Return the share of cases with a label, the smallest one of several tasks."""
    if not result.aux or not results.n:
        return Cell(text=MISSING)
    share = min(score.known for score in result.aux) / results.n
    return Cell(text=f"{100 * share:.0f} %", value=share)


def _learned_cell(results: Results, result: MethodResult) -> Cell:
    """Return a metric of each task with its chance level."""
    parts = []
    for score in result.aux:
        metric = learned_metric(score)
        if metric is not None:
            value, chance = map(format_decimal, (score.metrics[metric].value, score.chance[metric]))
            parts.append(f"{metric_title(results, metric)} {value} ({chance})")
    return Cell(text="; ".join(parts) or MISSING)


def _write_notes(results: Results, rows: Sequence[_Row]) -> Iterator[str]:
    yield (
        f"{plural(len({id(row.question) for row in rows}), 'question')} by effect: the network "
        "with the auxiliary tasks against the same network without them. Effect, CI: mean "
        f"difference over {plural(results.protocol.units, 'outer fold')} with the interval of the "
        "corrected test."
    )
    yield (
        'Controls: networks with permuted labels, p of their test as in the table "Own labels '
        'against permuted labels". Known: share of cases with a label. Learned: a metric of the '
        "task, and its value for one prediction for all cases. Time: of the network and its "
        "controls, without encoding."
    )
    if len(rows) > MOST_ROWS:
        yield (
            'The table "Own labels against permuted labels" of so many questions is shown with '
            "--format html, csv, json or latex."
        )
    if _has_oracle(rows):
        yield (
            "Oracle: the effect of the target itself as the auxiliary label. It shows what a "
            "further head for the same labels can add, and is no bound for labels that say more."
        )
    yield (
        "r without the task: correlation of the target's probabilities with and without the task. "
        "Possible: the gain in AUC that this correlation allows if the part of the predictions "
        "that is new is as informative as the old ones. A task cannot show an effect if it is "
        "smaller than the difference that the test can detect."
    )
