"""compare: pairs of complete methods, in every primary metric, by every test."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from lnmbench.contracts import Comparison
from lnmbench.errors import PluginError, UserError
from lnmbench.records import (
    BaselineMethod,
    Family,
    Method,
    MethodResult,
    Pair,
    PairComparison,
    TestResult,
)
from lnmbench.results import (
    FEWEST_CONTROLS,
    LISTED_CONTROLS,
    find_family,
    group_controls,
    is_control_of,
    is_image_control_of,
    is_reference_of,
)
from lnmbench.stats.multiplicity import holm

if TYPE_CHECKING:
    from numpy.typing import NDArray


def primary_comparison(comparisons: Mapping[str, Comparison]) -> str:
    """Return the name of the primary comparison, or "" if no plugin offers one.

    Raises `UserError` if plugins offer more than one: the primary comparison must not be chosen
    after the results are known.
    """
    names = sorted(name for name, test in comparisons.items() if test.role == "primary")
    if len(names) > 1:
        raise UserError(
            f"{len(names)} comparisons have the role primary",
            expected="one",
            got=", ".join(names),
            then="block the plugin of all but one with LNMBENCH_BLOCK",
        )
    return names[0] if names else ""


def compare(
    method_results: Sequence[MethodResult],
    truth: NDArray[np.float64],
    outer: NDArray[np.int16],
    *,
    metrics: Sequence[str],
    comparisons: Mapping[str, Comparison],
    margins: Mapping[str, float] | None = None,
    family: Family = "auxiliary",
    faults: dict[str, str] | None = None,
) -> tuple[PairComparison, ...]:
    """Return the pairs of complete methods in each primary metric, with Holm's correction.

    The family of Holm's correction is by default that of the questions on auxiliary tasks × primary
    metrics: each network with tasks against the same network without them. Other pairs are
    descriptive: their p is not adjusted. If the methods, complete or not, have no such question,
    every pair is in the family.

    Two controls are not compared with each other. One that its tasks declare to be is compared with
    the network without them alone. A negative control of a set of more than two is
    compared with its own task alone, and with nothing from 19 on: a permutation test decides then.

    In each pair, a is the reference: a baseline before a network, a network without auxiliary
    tasks before one with tasks, a negative control before its task; otherwise the method that comes
    first. Holm's correction adjusts the p values of the primary comparison; without one, nothing
    is compared.

    A pair of the family has no test in a metric that a fold of either method does not define. It
    stays in it with p = 1, so that the results do not change the size of the declared family.

    Parameters
    ----------
    method_results
        The methods; incomplete ones are left out.
    truth
        Labels (n,) of 0 and 1; with several outcomes (n, m), NaN where unknown.
    outer
        (repeats, n): the outer fold in which a case is tested.
    metrics
        The names of the primary metrics.
    comparisons
        The statistical tests by name.
    margins
        The declared margins by metric.
    family
        The declared family of Holm's correction.
    faults
        The fault of each comparison that failed, by name: no pair has its test, and nothing is
        compared without the primary one. Faults are added; by default they are raised.
    """
    primary = primary_comparison(comparisons)
    if not primary:
        return ()
    compared = [
        PairComparison(
            metric=pair.metric,
            method_a=pair.method_a,
            method_b=pair.method_b,
            tests=_tests(pair, comparisons, faults) if _is_defined(pair) else {},
            holm=math.nan if _is_defined(pair) else 1.0,
        )
        for pair in _pairs(method_results, truth, outer, metrics, margins or {})
    ]
    if faults:
        if primary in faults:
            return ()
        compared = [_without(comparison, faults) for comparison in compared]
    return _adjust(
        compared, primary, find_family([result.method for result in method_results], family)
    )


def _is_defined(pair: Pair) -> bool:
    return not (np.isnan(pair.a).any() or np.isnan(pair.b).any())


def _tests(
    pair: Pair, comparisons: Mapping[str, Comparison], faults: dict[str, str] | None
) -> dict[str, TestResult]:
    results = {}
    for name, test in comparisons.items():
        if not (faults and name in faults):
            try:
                result = test(pair)
            except PluginError as error:
                if faults is None:
                    raise
                faults[name] = str(error)
            else:
                if result is not None:
                    results[name] = result
    return results


def _without(comparison: PairComparison, faults: Mapping[str, str]) -> PairComparison:
    tests = {name: test for name, test in comparison.tests.items() if name not in faults}
    return replace(comparison, tests=tests)


def _pairs(
    method_results: Sequence[MethodResult],
    truth: NDArray[np.float64],
    outer: NDArray[np.int16],
    metrics: Sequence[str],
    margins: Mapping[str, float],
) -> Iterator[Pair]:
    predicted = {
        result.method.fingerprint: predictions
        for result in method_results
        if result.complete and result.method.is_scored
        for predictions in (result.predicted, result.outcome_predictions)
        if predictions is not None
    }
    complete = [result for result in method_results if result.method.fingerprint in predicted]
    size_of_set = _control_set_sizes([result.method for result in method_results])
    for couple in combinations(complete, 2):
        a, b = sorted(couple, key=lambda result: _rank(result.method))
        if not _is_compared(a.method, b.method, size_of_set):
            continue
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
                margin=margins.get(metric),
            )


def _control_set_sizes(methods: Sequence[Method]) -> dict[str, int]:
    """Return, for each negative control, the number of controls in its set."""
    return {
        control.fingerprint: len(group) for group in group_controls(methods) for control in group
    }


def _is_compared(reference: Method, method: Method, size_of_set: Mapping[str, int]) -> bool:
    """Return whether a pair is compared; two controls never are.

    An image control is compared with its own network alone.
    """
    if reference.has_changed_images or method.has_changed_images:
        return is_image_control_of(reference, method) or is_image_control_of(method, reference)
    sizes = [size_of_set[m.fingerprint] for m in (reference, method) if m.is_control]
    if not sizes:
        return True
    if len(sizes) == 1 and method.control != "none":
        return is_reference_of(reference, method)
    if len(sizes) == 2 or sizes[0] >= FEWEST_CONTROLS or reference.control != "none":
        return False
    return sizes[0] <= LISTED_CONTROLS or is_control_of(reference, method)


def _rank(method: Method) -> int:
    if isinstance(method, BaselineMethod):
        return 0
    if not method.aux:
        return 1
    return 2 if method.is_control else 3


def _adjust(
    compared: Sequence[PairComparison], primary: str, family: frozenset[frozenset[str]]
) -> tuple[PairComparison, ...]:
    pvalues = [_pvalue(comparison, primary) for comparison in compared]
    wrong = sorted({f"{p:g}" for p in pvalues if not 0.0 <= p <= 1.0})
    if wrong:
        raise UserError(
            f"comparison {primary} returns no p value",
            expected="a number from 0 to 1 from the primary comparison",
            got=", ".join(wrong),
            then="block its plugin with LNMBENCH_BLOCK",
        )
    members = [
        index
        for index, comparison in enumerate(compared)
        if not family or frozenset((comparison.method_a, comparison.method_b)) in family
    ]
    adjusted = dict(zip(members, holm([pvalues[index] for index in members]), strict=True))
    return tuple(
        replace(comparison, holm=float(adjusted.get(index, math.nan)))
        for index, comparison in enumerate(compared)
    )


def _pvalue(comparison: PairComparison, primary: str) -> float:
    return comparison.tests[primary].pvalue if primary in comparison.tests else comparison.holm
