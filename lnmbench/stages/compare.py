"""compare: every pair of complete methods in every primary metric, by every test."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from lnmbench.contracts import Comparison, Metric
from lnmbench.errors import UserError
from lnmbench.records import Compared, Method, Outcome, Pair
from lnmbench.stats.multiplicity import holm

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def primary_comparison(comparisons: Mapping[str, Comparison]) -> str:
    """Return the name of the test that is believed, or "" where no plugin offers one.

    Raises `UserError` where plugins offer more than one: which to believe is not chosen after
    the results are seen.
    """
    names = sorted(name for name, test in comparisons.items() if test.role == "primary")
    if len(names) > 1:
        raise UserError(
            f"{len(names)} comparisons claim to be the primary one",
            expected="one",
            got=", ".join(names),
            then="block the plugin of all but one with LNMBENCH_BLOCK",
        )
    return names[0] if names else ""


def compare(
    outcomes: Sequence[Outcome],
    predicted: Mapping[str, NDArray[np.float64]],
    truth: NDArray[np.float64],
    outer: NDArray[np.int16],
    *,
    metrics: Mapping[str, Metric],
    comparisons: Mapping[str, Comparison],
) -> tuple[Compared, ...]:
    """Return every pair of complete methods × primary metric, with Holm over all of them.

    `predicted` maps a method's fingerprint to (repeats, n); `truth` is (n,), `outer` is
    (repeats, n). In each pair a is the reference: a baseline before a network, a network without
    auxiliary tasks before one with; else the one that comes first. Holm adjusts the p values of
    the primary comparison; without one there is no family, and nothing is compared.
    """
    primary = primary_comparison(comparisons)
    if not primary:
        return ()
    names = [name for name, metric in metrics.items() if metric.primary]
    compared = [
        Compared(
            metric=pair.metric,
            method_a=pair.method_a,
            method_b=pair.method_b,
            tests={name: test(pair) for name, test in comparisons.items()},
            holm=math.nan,
        )
        for pair in _pairs(outcomes, predicted, truth, outer, names)
    ]
    return _adjusted(compared, primary)


def _pairs(
    outcomes: Sequence[Outcome],
    predicted: Mapping[str, NDArray[np.float64]],
    truth: NDArray[np.float64],
    outer: NDArray[np.int16],
    metrics: Sequence[str],
) -> Iterator[Pair]:
    complete = [outcome for outcome in outcomes if outcome.complete]
    for couple in combinations(complete, 2):
        a, b = sorted(couple, key=lambda outcome: _rank(outcome.method))
        key_a, key_b = a.method.fingerprint, b.method.fingerprint
        for metric in metrics:
            yield Pair(
                metric=metric,
                method_a=key_a,
                method_b=key_b,
                a=a.scores[metric].values,
                b=b.scores[metric].values,
                truth=truth,
                predicted_a=predicted[key_a],
                predicted_b=predicted[key_b],
                fold=outer,
            )


def _rank(method: Method) -> int:
    return 0 if method.kind == "baseline" else 2 if method.aux else 1


def _adjusted(compared: Sequence[Compared], primary: str) -> tuple[Compared, ...]:
    pvalues = [one.tests[primary].pvalue for one in compared]
    if any(not 0.0 <= p <= 1.0 for p in pvalues):
        raise UserError(
            f"comparison {primary} gives no p value",
            expected="a number from 0 to 1 from the primary comparison",
            got=", ".join(sorted({f"{p:g}" for p in pvalues if not 0.0 <= p <= 1.0})),
            then="block its plugin with LNMBENCH_BLOCK",
        )
    family = holm(pvalues)
    return tuple(replace(one, holm=float(p)) for one, p in zip(compared, family, strict=True))
