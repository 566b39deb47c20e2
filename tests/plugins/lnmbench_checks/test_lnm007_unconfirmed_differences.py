from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from lnmbench_checks.lnm007_unconfirmed_differences import UnconfirmedDifferences

from lnmbench.records import MethodResult, PairComparison, Results

MakeRun = Callable[..., Results]
Compare = Callable[..., PairComparison]


@pytest.mark.parametrize(
    ("plain", "holm", "message"),
    [
        (0.001, 0.3, "with pT against single in AUC (not confirmed by the corrected test)"),
        (0.001, 0.12, "with pT against single in AUC (not significant after Holm's correction)"),
        (0.001, 0.01, ""),
        (0.2, 0.6, ""),
    ],
)
def test_the_message_names_the_correction(
    plain: float,
    holm: float,
    message: str,
    method_run: MakeRun,
    compare: Compare,
    single: MethodResult,
    with_pt: MethodResult,
) -> None:
    # the corrected p is a third of Holm's
    comparison = compare(single, with_pt, 0.02, holm, plain=plain)
    run = method_run(single, with_pt, comparisons=(comparison,))
    assert UnconfirmedDifferences()(run) == message


@pytest.mark.parametrize(("corrected", "fires"), [(0.04, False), (0.06, True)])
def test_a_pair_outside_of_the_family_is_confirmed_without_adjustment(
    corrected: float,
    fires: bool,
    method_run: MakeRun,
    compare: Compare,
    single: MethodResult,
    with_pt: MethodResult,
) -> None:
    descriptive = replace(compare(single, with_pt, 0.02, 3 * corrected, plain=0.001), holm=math.nan)
    message = UnconfirmedDifferences()(method_run(single, with_pt, comparisons=(descriptive,)))
    assert message == (
        "with pT against single in AUC (not confirmed by the corrected test)" if fires else ""
    )


def test_without_a_plain_test_the_check_does_not_apply(
    method_run: MakeRun, compare: Compare, single: MethodResult, with_pt: MethodResult
) -> None:
    comparison = compare(single, with_pt, 0.02, 0.3)
    run = method_run(single, with_pt, comparisons=(comparison,))
    assert UnconfirmedDifferences()(run) is None
