"""What acting on the probabilities is worth, beside acting on all cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Block, Cell, MethodResult, Results, Table, TableColumn
from lnmbench.stats.bootstrap import bca
from lnmbench.stats.decision_curves import benefits, decision_curve, net_benefit
from lnmbench_report.arms import complete
from lnmbench_report.by_method import by_method
from lnmbench_report.patients import taken_for_independent
from lnmbench_report.printed import counted, decimal, interval

THRESHOLDS = (0.1, 0.2, 0.3)
"""Probabilities from which one would act: 9, 4 and 2.3 needless actions for one that is right."""
COLUMNS = tuple(
    TableColumn(
        key=f"net_benefit_{decimal(one, digits=2).lstrip('.')}",
        heading=f"At {decimal(one, digits=2)} (95 % CI)",
    )
    for one in THRESHOLDS
)


class NetBenefits:
    """The net benefit of each complete method at three threshold probabilities."""

    order = 45

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one table, or nothing while no method is complete."""
        if results.truth is None:
            return []
        made = by_method(
            results,
            complete(results),
            lambda outcome: [tuple(_cells(results, outcome))],
            key="net_benefit",
            title="Net benefit at threshold probabilities",
            columns=COLUMNS,
            notes=tuple(_notes(results)),
        )
        return [_beside_all(results, table) for table in made if isinstance(table, Table)]


def benefit_interval(
    truth: NDArray[np.float64],
    predicted: NDArray[np.float64],
    threshold: float,
    *,
    resamples: int = 2000,
    seed: int = 0,
) -> tuple[float, float]:
    """Return low and high of the BCa bootstrap of a net benefit over cases, within the classes.

    A resample within a class says only how many of its cases are called positive, which is
    binomial: the numbers of `bootstrap_interval`, but at a cost that does not grow with the cases.
    `truth` is (n,) of 0 and 1, `predicted` (n,) within [0, 1].
    """
    random = np.random.default_rng(seed)
    drawn, left_out = np.zeros(resamples), []
    each = benefits(truth, predicted, threshold)
    for own in (each[truth == 1.0], each[truth == 0.0]):
        called = int(np.count_nonzero(own))
        worth = own.sum() / called if called else 0.0
        drawn += worth * random.binomial(own.size, called / own.size, resamples)
        left_out.append((each.sum() - own) / (each.size - 1))
    # resamples as good as the estimate are counted, and rounding must not tell them apart
    estimate, values = round(float(each.mean()), 12), (drawn / each.size).round(12)
    return bca(estimate, values, left_out, level=0.95)


def _cells(results: Results, outcome: MethodResult) -> Iterator[Cell]:
    assert results.truth is not None
    for threshold in THRESHOLDS:
        value = float(net_benefit(results.truth, outcome.probability, threshold))
        low, high = benefit_interval(results.truth, outcome.probability, threshold)
        text = f"{decimal(value)} ({interval(low, high)})"
        yield Cell(text=text, value=value, low=low, high=high)


def _beside_all(results: Results, table: Table) -> Table:
    assert results.truth is not None
    all_cases = decision_curve(results.truth, np.ones(results.n), THRESHOLDS).treat_all
    cells = (Cell(text=decimal(one), value=float(one)) for one in all_cases)
    row = (Cell(text="acting on all cases"), *cells)
    return replace(table, rows=(*table.rows, row), methods=(*table.methods, ()))


def _notes(results: Results) -> Iterator[str]:
    repeats = counted(results.protocol.repeats, "repeat", "repeats")
    yield (
        "True positives for each case, less false positives at the exchange rate of the threshold "
        f"(Vickers & Elkin 2006), on out-of-fold probabilities averaged over {repeats}. Acting on "
        "none is worth 0. Intervals are BCa bootstraps over cases, within the classes: they take "
        "the prevalence as given."
    )
    yield from taken_for_independent(results)
