"""Tables of explanations: by method, by case, and for each slice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from scipy.stats import spearmanr

from lnmbench.records import Cell, Table, TableColumn
from lnmbench.results import MISSING, format_decimal, format_difference
from lnmbench.stages.explain.explain_run import Explained
from lnmbench.stages.explain.explanations import CaseExplanation, MethodExplanation
from lnmbench.text import plural

_TEXT = TableColumn(key="method", heading="Method", align="left")
_CASE = TableColumn(key="case", heading="Case")
_OUTCOME = TableColumn(key="outcome", heading="Outcome", align="left")
METHOD_COLUMNS = (
    _TEXT,
    _OUTCOME,
    TableColumn(key="slice", heading="Largest effect of a slice"),
    TableColumn(key="square", heading="Largest effect of a square"),
    TableColumn(key="tumor_share", heading="Effects in the tumor"),
    TableColumn(key="tumor_area", heading="Area of the tumor"),
    TableColumn(key="correlation", heading="Weights and effects"),
    TableColumn(key="deviation", heading="Deviation from the run"),
)
CASE_COLUMNS = (
    _CASE,
    _OUTCOME,
    TableColumn(key="label", heading="Label", align="left"),
    _TEXT,
    TableColumn(key="predicted", heading="Prediction"),
    TableColumn(key="slices", heading="Slices"),
    TableColumn(key="slice", heading="Largest effect of a slice"),
    TableColumn(key="square", heading="Largest effect of a square"),
    TableColumn(key="tumor_share", heading="Effects in the tumor"),
    TableColumn(key="tumor_area", heading="Area of the tumor"),
)
SLICE_COLUMNS = (
    _CASE,
    _TEXT,
    _OUTCOME,
    TableColumn(key="slice", heading="Slice"),
    TableColumn(key="weight", heading="Weight"),
    TableColumn(key="effect", heading="Effect"),
)


def _select_columns(
    explained: Explained, columns: Sequence[TableColumn], rows: Iterable[Sequence[Cell]]
) -> tuple[tuple[TableColumn, ...], tuple[tuple[Cell, ...], ...]]:
    """Return columns and rows; without names of outcomes for a binary target, which has none."""
    if explained.results.outcomes is not None:
        return tuple(columns), tuple(map(tuple, rows))
    names = [i for i, column in enumerate(columns) if column is not _OUTCOME]
    return tuple(columns[i] for i in names), tuple(tuple(row[i] for i in names) for row in rows)


def make_method_table(explained: Explained) -> Table:
    """Return a table with one row for each method and outcome, over its explained cases."""
    cases = len(explained.cases)
    columns, rows = _select_columns(
        explained,
        METHOD_COLUMNS,
        [list(_method_cells(explained, each)) for each in explained.methods],
    )
    return Table(
        key="explained_methods",
        title="Images in the predictions",
        columns=columns,
        rows=rows,
        notes=(
            f"Over the {plural(cases, 'case')} below. Effect: the predicted probability minus that "
            "without a slice, or with a square of all slices replaced by their mean; positive if "
            "it raises the probability. The largest one is that furthest from 0.",
            "Effects in the tumor: the share of the absolute effects of squares that is inside the "
            "tumor, mean over the cases; area: the share that equal effects everywhere would have. "
            "A patch reaches beyond what it covers of the tumor, so that the share is below 1 even "
            "for a method that sees nothing else.",
            "Weights and effects: rank correlation over all slices between the weight of a slice "
            "in what the method pools and its absolute effect; – if weights do not differ.",
            "Deviation from the run: the largest difference between the probabilities of the run "
            "and those of the models that were trained again for this page.",
        ),
        methods=tuple((each.method.fingerprint,) for each in explained.methods),
    )


def _method_cells(explained: Explained, explanation: MethodExplanation) -> Iterator[Cell]:
    yield Cell(text=explanation.method.label)
    yield Cell(text=explained.name_outcome(explanation.outcome))
    slices = [case.slices for case in explanation.cases if case.slices is not None]
    maps = [case.occlusion for case in explanation.cases if case.occlusion is not None]
    yield _effect_cell([each.effects for each in slices])
    yield _effect_cell([each.effects for each in maps])
    yield _mean_cell([each.tumor_share for each in maps])
    yield _mean_cell([each.tumor_area for each in maps])
    weights = np.concatenate([each.weights for each in slices]) if slices else np.zeros(0)
    effects = np.concatenate([each.effects for each in slices]) if slices else np.zeros(0)
    even = all(np.allclose(each.weights, each.weights[0]) for each in slices)
    rank = float("nan") if even else float(spearmanr(weights, np.abs(effects)).statistic)
    yield Cell(text=format_decimal(rank, digits=2), value=rank)
    deviation = explanation.largest_deviation
    yield Cell(text=format_decimal(deviation), value=deviation)


def make_case_table(explained: Explained) -> Table:
    """Return a table with one row for each case, method and outcome."""
    pairs = [(i, each) for i in range(len(explained.cases)) for each in explained.methods]
    columns, rows = _select_columns(
        explained,
        CASE_COLUMNS,
        (
            (
                Cell(text=str(each.cases[i].case), value=float(each.cases[i].case)),
                Cell(text=explained.name_outcome(each.outcome)),
                Cell(text=explained.label_case(each.cases[i].case, each.outcome)),
                Cell(text=each.method.label),
                *_case_cells(each.cases[i]),
            )
            for i, each in pairs
        ),
    )
    repeat = f"repeat {explained.repeat + 1}" if explained.repeat else "the first repeat"
    return Table(
        key="explained_cases",
        title="Explained cases",
        columns=columns,
        rows=rows,
        notes=(f"Case: its number in the ledger, from 0. Prediction: out of fold, in {repeat}.",),
        methods=tuple((each.method.fingerprint,) for _, each in pairs),
    )


def _case_cells(case: CaseExplanation) -> Iterator[Cell]:
    yield Cell(text=format_decimal(case.stored, digits=2), value=case.stored)
    slices, occlusion = case.slices, case.occlusion
    count = None if slices is None else len(slices.effects)
    yield Cell(text=MISSING if count is None else str(count), value=count)
    yield _effect_cell([] if slices is None else [slices.effects])
    yield _effect_cell([] if occlusion is None else [occlusion.effects])
    yield _mean_cell([] if occlusion is None else [occlusion.tumor_share])
    yield _mean_cell([] if occlusion is None else [occlusion.tumor_area])


def make_slice_table(explained: Explained) -> Table | None:
    """Return a table with one row for each slice, None for methods on volumes alone."""
    rows, methods = [], []
    for i in range(len(explained.cases)):
        for each in explained.methods:
            case, label = each.cases[i], each.method.label
            if case.slices is None:
                continue
            pairs = zip(case.slices.weights.tolist(), case.slices.effects.tolist(), strict=True)
            for number, (weight, effect) in enumerate(pairs, start=1):
                rows.append(
                    (
                        Cell(text=str(case.case), value=float(case.case)),
                        Cell(text=label),
                        Cell(text=explained.name_outcome(each.outcome)),
                        Cell(text=str(number), value=float(number)),
                        Cell(text=format_decimal(weight), value=weight),
                        Cell(text=format_difference(effect), value=effect),
                    )
                )
                methods.append((each.method.fingerprint,))
    if not rows:
        return None
    columns, all_rows = _select_columns(explained, SLICE_COLUMNS, rows)
    return Table(
        key="explained_slices",
        title="Weights and effects of slices",
        columns=columns,
        rows=all_rows,
        methods=tuple(methods),
        exhaustive=True,
    )


def _effect_cell(effects: Sequence[np.ndarray]) -> Cell:
    values = np.concatenate([each.ravel() for each in effects]) if effects else np.zeros(0)
    if not values.size:
        return Cell(text=MISSING)
    largest = float(values[np.abs(values).argmax()])
    return Cell(text=format_difference(largest), value=largest)


def _mean_cell(shares: Sequence[float]) -> Cell:
    known = [share for share in shares if np.isfinite(share)]
    if not known:
        return Cell(text=MISSING)
    mean = float(np.mean(known))
    return Cell(text=format_decimal(mean, digits=2), value=mean)
