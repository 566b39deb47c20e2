"""Cases that every method gets wrong: those that all rank among cases of the other label."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lnmbench.contracts import SectionGroup
from lnmbench.records import Block, Cell, MethodResult, Results, Table, TableColumn
from lnmbench.results import complete_methods, format_decimal
from lnmbench.stats.cv_auc import placements
from lnmbench.text import plural
from lnmbench_report.cohort_text import synthetic_suffix

FEWEST_METHODS = 2
MOST_CASES = 15
"""Cases in the short table."""
WRONG = 0.5
"""Mean placement below which a case is ranked wrongly."""
COLUMNS = (
    TableColumn(key="case", heading="Case"),
    TableColumn(key="label", heading="Label", align="left"),
    TableColumn(key="placement", heading="Ranked right (range)"),
    TableColumn(key="prediction", heading="Mean prediction (range)"),
)
METHOD_COLUMNS = (
    TableColumn(key="case", heading="Case"),
    TableColumn(key="label", heading="Label", align="left"),
    TableColumn(key="method", heading="Method", align="left"),
    TableColumn(key="placement", heading="Ranked right"),
    TableColumn(key="prediction", heading="Mean prediction"),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Ranking:
    """The mean placement and the mean prediction of each case by each method, (methods, n)."""

    methods: tuple[MethodResult, ...]
    placement: NDArray[np.float64]
    prediction: NDArray[np.float64]
    truth: NDArray[np.float64]

    def difficult(self) -> list[int]:
        """Return the cases that every method ranks wrongly, the most wrong ones first."""
        cases = np.flatnonzero((self.placement < WRONG).all(axis=0))
        return sorted(cases.tolist(), key=lambda case: self.placement[:, case].mean())

    def label(self, case: int) -> str:
        """Return the label of a case in words."""
        return "positive" if self.truth[case] else "negative"


class DifficultCases:
    """The cases that every method ranks among those of the other label."""

    group: SectionGroup = "predictions"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return tables, or no block with fewer than two methods and of several outcomes."""
        ranking = _rank(results)
        if ranking is None:
            return []
        cases = ranking.difficult()
        blocks: list[Block] = [_make_table(results, ranking, cases)]
        if cases:
            blocks.append(_make_method_table(results, ranking, cases))
        return blocks


def _rank(results: Results) -> _Ranking | None:
    methods, predictions = [], []
    for result in complete_methods(results):
        predicted = result.predicted
        if result.method.is_control or predicted is None or not np.isfinite(predicted).all():
            continue
        methods.append(result)
        predictions.append(np.asarray(predicted))
    if len(methods) < FEWEST_METHODS or not results.truth.size:
        return None
    outer = np.asarray(results.outer)
    placement = [placements(results.truth, p, outer, what="predictions") for p in predictions]
    return _Ranking(
        methods=tuple(methods),
        placement=np.stack(placement),
        prediction=np.stack([p.mean(axis=0) for p in predictions]),
        truth=np.asarray(results.truth),
    )


def _make_table(results: Results, ranking: _Ranking, cases: Sequence[int]) -> Table:
    share = f"{len(cases)} of {plural(results.n, 'case')}"
    count = plural(len(ranking.methods), "method")
    notes = [
        f"All {count} rank {share} wrongly: more cases of the other label in the test fold are on "
        "the wrong side of the case than on the right one, in the mean over the repeats. Ranked "
        "right: the share on the right side, whose mean over the cases is the AUC; mean and range "
        "over the methods.",
        "Case: its number in the ledger (table cases), from 0. Such a case may be unusual, or its "
        "label or image wrong. Reports have no images: lnmbench data describe writes them.",
    ]
    if len(cases) > MOST_CASES:
        notes.append(f"The first {MOST_CASES} are shown; HTML, LaTeX and CSV reports have all.")
    return Table(
        key="difficult_cases",
        title=f"Cases that every method gets wrong{synthetic_suffix(results.card)}",
        columns=COLUMNS,
        rows=tuple(tuple(_make_cells(ranking, case)) for case in cases[:MOST_CASES]),
        notes=tuple(notes),
    )


def _make_cells(ranking: _Ranking, case: int) -> Iterator[Cell]:
    yield Cell(text=str(case), value=float(case))
    yield Cell(text=ranking.label(case))
    yield _mean_cell(ranking.placement[:, case])
    yield _mean_cell(ranking.prediction[:, case])


def _mean_cell(values: NDArray[np.float64]) -> Cell:
    mean, low, high = float(values.mean()), float(values.min()), float(values.max())
    first, *others = (format_decimal(value, digits=2) for value in (mean, low, high))
    return Cell(text=f"{first} ({' to '.join(others)})", value=mean, low=low, high=high)


def _make_method_table(results: Results, ranking: _Ranking, cases: Sequence[int]) -> Table:
    pairs = [(case, row) for case in cases for row in range(len(ranking.methods))]
    return Table(
        key="difficult_cases_by_method",
        title=f"Cases that every method gets wrong, by method{synthetic_suffix(results.card)}",
        columns=METHOD_COLUMNS,
        rows=tuple(
            (
                Cell(text=str(case), value=float(case)),
                Cell(text=ranking.label(case)),
                Cell(text=ranking.methods[row].method.label),
                _number(float(ranking.placement[row, case])),
                _number(float(ranking.prediction[row, case])),
            )
            for case, row in pairs
        ),
        methods=tuple((ranking.methods[row].method.fingerprint,) for _, row in pairs),
        exhaustive=True,
    )


def _number(value: float) -> Cell:
    return Cell(text=format_decimal(value, digits=2), value=value)
