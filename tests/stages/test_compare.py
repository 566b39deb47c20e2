"""compare: which pairs, in which direction, with which family."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from lnmbench import UserError
from lnmbench.records import (
    BaselineMethod,
    Choice,
    Family,
    FoldScores,
    Method,
    MethodResult,
    NetworkMethod,
    Pair,
    PairComparison,
    TestResult,
    Weights,
)
from lnmbench.registry import Registry
from lnmbench.stages.compare import compare, primary_comparison
from lnmbench.stages.report import compare_methods
from lnmbench.stats.multiplicity import holm
from lnmbench.testing.sample_results import sample_results

LOGISTIC = BaselineMethod(label="logistic", baseline=Choice(name="logistic"))
SINGLE = NetworkMethod(
    label="single",
    encoder=Choice(name="resnet50"),
    level="slice",
    weights=Weights(source="random"),
)
MULTI = replace(SINGLE, label="multi", aux=(Choice(name="pt"),))
OUTER = np.zeros((2, 4), dtype=np.int16)
TRUTH = np.array([0.0, 1.0, 0.0, 1.0])


class Mean:
    """A test whose p value is the mean difference it is given."""

    title = "mean"

    def __init__(self, role: str = "primary", *, pvalue: float | None = None) -> None:
        self.role = role
        self.pvalue = pvalue

    def __call__(self, pair: Pair) -> TestResult:
        d = float((pair.b - pair.a).mean())
        assert pair.predicted_a.shape == pair.predicted_b.shape == pair.fold.shape
        p = abs(d) if self.pvalue is None else self.pvalue
        return TestResult(estimate=d, low=d, high=d, statistic=d, df=1.0, pvalue=p)


def outcome(method: Method, level: float, *, done: int = 4) -> MethodResult:
    values = np.full((2, 2), level)
    key = method.fingerprint
    return MethodResult(
        method=method,
        units_done=done,
        units_all=4,
        predicted=np.zeros((2, 4)),
        scores={m: FoldScores(method=key, metric=m, values=values) for m in ("auc", "ap")},
    )


OUTCOMES = (outcome(MULTI, 0.78), outcome(SINGLE, 0.77), outcome(LOGISTIC, 0.75))


def compared(
    outcomes: tuple[MethodResult, ...] = OUTCOMES, **changed: object
) -> tuple[PairComparison, ...]:
    asked: dict[str, object] = {
        "metrics": ("auc",),
        "comparisons": {"mean": Mean(), "other": Mean("exploratory")},
    }
    return compare(outcomes, TRUTH, OUTER, **(asked | changed))  # type: ignore[arg-type]


def labels(found: tuple[PairComparison, ...]) -> list[tuple[str, str]]:
    names = {m.fingerprint: m.label for m in (LOGISTIC, SINGLE, MULTI)}
    return [(names[one.method_b], names[one.method_a]) for one in found]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_simpler_method_is_the_reference_in_whatever_order(order: tuple[int, ...]) -> None:
    found = compared(tuple(OUTCOMES[i] for i in order))
    assert set(labels(found)) == {
        ("multi", "single"),
        ("multi", "logistic"),
        ("single", "logistic"),
    }
    assert all(one.tests["mean"].estimate > 0 for one in found)


def test_methods_of_one_rank_keep_their_order() -> None:
    other = BaselineMethod(label="other", baseline=Choice(name="other"))
    (found,) = compared((outcome(LOGISTIC, 0.7), outcome(other, 0.6)))
    assert (found.method_a, found.method_b) == (LOGISTIC.fingerprint, other.fingerprint)
    assert found.tests["mean"].estimate == pytest.approx(-0.1)


def test_only_primary_metrics_and_complete_methods_enter() -> None:
    assert {one.metric for one in compared()} == {"auc"}
    unfinished = outcome(LOGISTIC, 0.75, done=3)
    assert labels(compared((*OUTCOMES[:2], unfinished))) == [("multi", "single")]
    assert compared(OUTCOMES[:1]) == ()


def test_holm_covers_the_questions_in_each_primary_metric() -> None:
    found = compared(metrics=("auc", "ap"))
    assert len(found) == 6
    family = [one for one in found if one.in_family]
    assert labels(tuple(family)) == [("multi", "single")] * 2
    assert [one.holm for one in family] == pytest.approx([0.02, 0.02])  # twice .78 − .77
    assert all(math.isnan(one.holm) for one in found if one not in family)


def test_several_questions_are_one_family() -> None:
    size = replace(SINGLE, label="size", aux=(Choice(name="size"),))
    found = compared((*OUTCOMES, outcome(size, 0.79)))
    family = {one.method_b: one.holm for one in found if one.in_family}
    assert family == {
        MULTI.fingerprint: pytest.approx(0.02),
        size.fingerprint: pytest.approx(0.02),
    }


def test_without_a_question_holm_covers_every_pair() -> None:
    other = BaselineMethod(label="other", baseline=Choice(name="other"))
    found = compared((outcome(LOGISTIC, 0.75), outcome(other, 0.7), outcome(SINGLE, 0.79)))
    family = holm([one.tests["mean"].pvalue for one in found])
    assert [one.holm for one in found] == pytest.approx(list(family))
    assert found[0].holm > found[0].tests["mean"].pvalue


def test_a_question_that_is_not_finished_makes_no_other_pair_a_member() -> None:
    waiting = compared((outcome(MULTI, 0.78, done=3), *OUTCOMES[1:]))
    assert [one.in_family for one in waiting] == [False]


def control(seed: int) -> NetworkMethod:
    permuted = Choice(name="pt", parameters={"shuffled": seed})
    return replace(MULTI, label=f"control {seed}", aux=(permuted,))


@pytest.mark.parametrize(("count", "pairs"), [(1, 3), (2, 6), (3, 3), (18, 18), (19, 0), (40, 0)])
def test_pairs_with_controls_depend_on_their_number_and_are_outside_of_the_family(
    count: int, pairs: int
) -> None:
    controls = [control(seed) for seed in range(1, count + 1)]
    found = compared((*OUTCOMES, *(outcome(each, 0.77) for each in controls)))
    keys = {each.fingerprint for each in controls}
    with_control = [one for one in found if {one.method_a, one.method_b} & keys]
    assert len(with_control) == pairs
    assert not any({one.method_a, one.method_b} <= keys for one in found)
    assert not any(one.in_family for one in with_control)
    assert len(found) - len(with_control) == 3


def test_every_test_answers_on_every_pair() -> None:
    assert all(set(one.tests) == {"mean", "other"} for one in compared())


def test_a_test_that_is_not_for_the_metric_is_left_out() -> None:
    class OnlyAp(Mean):
        def __call__(self, pair: Pair) -> TestResult | None:  # type: ignore[override]
            return super().__call__(pair) if pair.metric == "ap" else None

    found = compared(
        metrics=("auc", "ap"), comparisons={"mean": Mean(), "ap": OnlyAp("exploratory")}
    )
    assert {one.metric: set(one.tests) for one in found} == {"auc": {"mean"}, "ap": {"mean", "ap"}}


def test_the_shuffled_control_is_the_reference_of_its_task() -> None:
    control = replace(MULTI, label="control", aux=(Choice(name="pt", parameters={"shuffled": 1}),))
    (found,) = compared((outcome(MULTI, 0.78), outcome(control, 0.75)))
    assert (found.method_a, found.method_b) == (control.fingerprint, MULTI.fingerprint)


def test_a_pair_in_a_metric_that_a_fold_does_not_define_has_no_test_and_counts_as_one() -> None:
    gap = outcome(MULTI, 0.78)
    values = gap.scores["auc"].values.copy()
    values[1, 0] = math.nan
    scores = {**gap.scores, "auc": replace(gap.scores["auc"], values=values)}
    found = compared((replace(gap, scores=scores), *OUTCOMES[1:]), metrics=("auc", "ap"))
    lacking = [one for one in found if not one.tests]
    assert [(one.metric, one.method_b) for one in lacking] == [("auc", MULTI.fingerprint)] * 2
    assert [one.holm for one in lacking if one.in_family] == [1.0]
    (tested,) = [one for one in found if one.tests and one.in_family]
    # the family is the declared one of two, whatever could be tested
    assert tested.holm == pytest.approx(2 * tested.tests["mean"].pvalue)


def test_without_a_primary_test_nothing_is_compared() -> None:
    assert compared(comparisons={"other": Mean("exploratory")}) == ()
    assert primary_comparison({}) == ""


def test_two_primary_tests_are_refused_by_name() -> None:
    with pytest.raises(UserError, match=r"2 comparisons have .*got a, b; .*LNMBENCH_BLOCK"):
        primary_comparison({"b": Mean(), "a": Mean(), "c": Mean("exploratory")})  # type: ignore[dict-item]


def test_a_primary_test_that_is_not_for_a_primary_metric_is_refused() -> None:
    class Nothing(Mean):
        def __call__(self, pair: Pair) -> TestResult | None:  # type: ignore[override]
            return None

    with pytest.raises(UserError, match="comparison mean returns no p value"):
        compared(comparisons={"mean": Nothing()})


@pytest.mark.parametrize("p", [math.nan, 1.5])
def test_a_primary_test_without_a_p_value_is_refused(p: float) -> None:
    with pytest.raises(UserError, match="comparison mean returns no p value"):
        compared(comparisons={"mean": Mean(pvalue=p)})


@pytest.mark.parametrize(("family", "pairs"), [("versus-baseline", 2), ("all-pairs", 3)])
def test_holm_covers_the_declared_family(family: Family, pairs: int) -> None:
    results = sample_results()
    protocol = replace(results.protocol, family=family)
    compared = compare_methods(replace(results, protocol=protocol), Registry())
    inside = [c for c in compared.pair_comparisons if c.in_family]
    assert len(inside) == 2 * pairs
    control = next(r.method.fingerprint for r in results.method_results if r.method.is_control)
    assert not any(control in (c.method_a, c.method_b) for c in inside)
    smallest = min(c.tests["corrected"].pvalue for c in inside)
    assert min(c.holm for c in inside) == pytest.approx(min(1.0, 2 * pairs * smallest))
