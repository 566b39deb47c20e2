"""Whether the predicted probabilities mean what they say."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from lnmbench.records import Block, Cell, Results, TableColumn
from lnmbench.stats.recalibration import Calibration, calibration
from lnmbench.stats.resampled import Interval
from lnmbench_report.arms import complete
from lnmbench_report.by_method import by_method
from lnmbench_report.patients import taken_for_independent
from lnmbench_report.printed import NOTHING, counted, decimal

COLUMNS = (
    TableColumn(key="intercept", heading="Intercept (95 % CI)"),
    TableColumn(key="slope", heading="Slope (95 % CI)"),
    TableColumn(key="in_the_large", heading="In the large (95 % CI)"),
    TableColumn(key="observed_expected", heading="O/E"),
    TableColumn(key="brier", heading="Brier"),
    TableColumn(key="scaled_brier", heading="Scaled Brier"),
)


class Calibrated:
    """Calibration of each complete method on its averaged out-of-fold probabilities."""

    order = 44

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one table, or nothing while no method is complete."""
        if results.truth is None:
            return []
        found = {
            outcome.method.fingerprint: calibration(results.truth, outcome.probability)
            for outcome in complete(results)
        }
        return by_method(
            results,
            complete(results),
            lambda outcome: [tuple(_cells(found[outcome.method.fingerprint]))],
            key="calibration",
            title="Calibration",
            columns=COLUMNS,
            notes=tuple(_notes(results, list(found.values()))),
        )


def _cells(found: Calibration) -> Iterator[Cell]:
    yield _with_interval(found.intercept, found.intercept_interval)
    yield _with_interval(found.slope, found.slope_interval)
    yield _with_interval(found.in_the_large, found.in_the_large_interval)
    yield Cell(text=decimal(found.observed_expected, digits=2), value=found.observed_expected)
    yield Cell(text=decimal(found.brier), value=found.brier)
    yield Cell(text=decimal(found.scaled_brier), value=found.scaled_brier)


def _with_interval(value: float, bounds: Interval) -> Cell:
    if not math.isfinite(value):
        return Cell(text=NOTHING)
    numbers = (decimal(one, digits=2) for one in (value, bounds.low, bounds.high))
    middle, low, high = numbers
    return Cell(text=f"{middle} ({low} to {high})", value=value, low=bounds.low, high=bounds.high)


def _notes(results: Results, found: Sequence[Calibration]) -> Iterator[str]:
    repeats = counted(results.protocol.repeats, "repeat", "repeats")
    fits = counted(results.protocol.inner, "fit", "fits")
    yield (
        f"Judged are out-of-fold probabilities averaged over {repeats}, each the mean over the "
        f"{fits} of the inner folds. Averaging draws probabilities together, so that the slope of "
        "an average is often above that of its parts."
    )
    yield (
        "Perfect: intercept 0, slope 1 (below: too extreme, above: too timid), in the large 0 "
        "(below: too high on average), O/E 1. Scaled Brier: 0 no better than the prevalence, "
        "1 perfect."
    )
    yield from taken_for_independent(results)
    if not all(math.isfinite(one.slope) for one in found):
        yield (
            f"{NOTHING}: no slope, because all probabilities are equal, or because they tell all "
            "positive from all negative cases."
        )
