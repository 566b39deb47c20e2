"""compare: every pair of complete methods in every primary metric, by every test."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from lnmbench.contracts import Comparison
from lnmbench.errors import UserError
from lnmbench.records import BaselineMethod, Method, MethodResult, Pair, PairComparison, TestResult
from lnmbench.stats.multiplicity import holm

if TYPE_CHECKING:
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
    outcomes: Sequence[MethodResult],
    truth: NDArray[np.float64],
    outer: NDArray[np.int16],
    *,
    metrics: Sequence[str],
    comparisons: Mapping[str, Comparison],
) -> tuple[PairComparison, ...]:
    """Return every pair of complete methods × primary metric, with Holm over all of them.

    `metrics` are the names of the primary ones. `truth` is (n,), `outer` is (repeats, n). In each
    pair a is the reference: a baseline before a network, a network without auxiliary tasks before
    one with, a shuffled control before its task; else the one that comes first. Holm adjusts the p
    values of the primary comparison; without one there is no family, and nothing is compared.

    A pair in a metric that a fold of either does not define is there without a test. It stays in
    the family, with p = 1: a family that shrank by what came out would not be the declared one.
    """
    primary = primary_comparison(comparisons)
    if not primary:
        return ()
    compared = [
        PairComparison(
            metric=pair.metric,
            method_a=pair.method_a,
            method_b=pair.method_b,
            tests=_tests(pair, comparisons) if _defined(pair) else {},
            holm=math.nan if _defined(pair) else 1.0,
        )
        for pair in _pairs(outcomes, truth, outer, metrics)
    ]
    return _adjusted(compared, primary)


def _defined(pair: Pair) -> bool:
    return not (np.isnan(pair.a).any() or np.isnan(pair.b).any())


def _tests(pair: Pair, comparisons: Mapping[str, Comparison]) -> dict[str, TestResult]:
    found = {name: test(pair) for name, test in comparisons.items()}
    return {name: result for name, result in found.items() if result is not None}


def _pairs(
    outcomes: Sequence[MethodResult],
    truth: NDArray[np.float64],
    outer: NDArray[np.int16],
    metrics: Sequence[str],
) -> Iterator[Pair]:
    complete = [outcome for outcome in outcomes if outcome.complete]
    for couple in combinations(complete, 2):
        a, b = sorted(couple, key=lambda outcome: _rank(outcome.method))
        key_a, key_b = a.method.fingerprint, b.method.fingerprint
        for metric in metrics:
            assert a.predicted is not None
            assert b.predicted is not None
            yield Pair(
                metric=metric,
                method_a=key_a,
                method_b=key_b,
                a=a.scores[metric].values,
                b=b.scores[metric].values,
                truth=truth,
                predicted_a=a.predicted,
                predicted_b=b.predicted,
                fold=outer,
            )


def _rank(method: Method) -> int:
    if isinstance(method, BaselineMethod):
        return 0
    if not method.aux:
        return 1
    return 2 if method.is_control else 3


def _pvalue(one: PairComparison, primary: str) -> float:
    return one.tests[primary].pvalue if primary in one.tests else one.holm


def _adjusted(compared: Sequence[PairComparison], primary: str) -> tuple[PairComparison, ...]:
    pvalues = [_pvalue(one, primary) for one in compared]
    if any(not 0.0 <= p <= 1.0 for p in pvalues):
        raise UserError(
            f"comparison {primary} gives no p value",
            expected="a number from 0 to 1 from the primary comparison",
            got=", ".join(sorted({f"{p:g}" for p in pvalues if not 0.0 <= p <= 1.0})),
            then="block its plugin with LNMBENCH_BLOCK",
        )
    family = holm(pvalues)
    return tuple(replace(one, holm=float(p)) for one, p in zip(compared, family, strict=True))
