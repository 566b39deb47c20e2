"""What the checks say of how arms did: claims, controls, calibration, search, completeness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from lnmbench_checks import register_checks
from numpy.typing import NDArray

from lnmbench.records import (
    Card,
    Choice,
    Curve,
    FoldScores,
    MethodResult,
    NetworkMethod,
    PairComparison,
    Protocol,
    Results,
    TestResult,
    Training,
    Weights,
)

N = 400
CARD = Card(title="made", license="none", source="here", citation="none", labels="made")
RISK = 1 / (1 + np.exp(-np.random.default_rng(0).normal(0, 1.5, N)))
TRUTH = (np.random.default_rng(1).random(N) < RISK).astype(float)
TEN_FOLDS = Protocol(repeats=2, folds=10)


def results(
    outcomes: Sequence[MethodResult], compared: Sequence[PairComparison] = (), **facts: Any
) -> Results:
    return Results(
        **{
            "cohort": "made",
            "card": CARD,
            "fingerprint": "f" * 32,
            "protocol": TEN_FOLDS,
            "n": N,
            "positives": int(TRUTH.sum()),
            "method_results": tuple(outcomes),
            "compared": tuple(compared),
            "metrics": ("auc",),
            "metric_titles": {"auc": "AUC", "brier": "Brier score"},
            "comparison_titles": {"corrected": "corrected", "paired": "plain"},
            "comparison_roles": {"corrected": "primary", "paired": "as published"},
            "primary": "corrected",
            "primary_metrics": ("auc",),
            "metric_bounds": {"auc": (0.0, 1.0)},
            "metric_better": {"auc": True, "brier": False},
            "truth": TRUTH,
            **facts,
        }
    )


def found(name: str, of: Results) -> str | None:
    return register_checks()[name]()(of)


def network(label: str, *aux: Choice, **other: Any) -> MethodResult:
    weighting = Choice(name="fixed") if aux else None
    method = NetworkMethod(
        label=label,
        encoder=Choice(name="none"),
        level="none",
        weights=Weights(source="none"),
        aux=aux,
        weighting=weighting,
        training=Training(),
    )
    return MethodResult(method=method, **{"units_done": 20, "units_all": 20, **other})


SINGLE = network("single")
MULTI = network("with pT", Choice(name="pt", parameters={"edition": "auto", "shuffled": 0}))
SHUFFLED = network("dealt out", Choice(name="pt", parameters={"edition": "auto", "shuffled": 1}))
OTHER = network("of 7th", Choice(name="pt", parameters={"edition": "7", "shuffled": 1}))


def pair(
    a: MethodResult,
    b: MethodResult,
    difference: float,
    holm: float,
    *,
    plain: float | None = None,
    metric: str = "auc",
) -> PairComparison:
    def test(p: float) -> TestResult:
        return TestResult(estimate=difference, low=0, high=0, statistic=0, df=19, pvalue=p)

    tests = {"corrected": test(holm / 3)}
    if plain is not None:
        tests["paired"] = test(plain)
    keys = {"method_a": a.method.fingerprint, "method_b": b.method.fingerprint}
    return PairComparison(metric=metric, tests=tests, holm=holm, **keys)


@pytest.mark.parametrize(
    ("plain", "holm", "told"),
    [
        (0.001, 0.3, "with pT against single in AUC (not borne out)"),
        (0.001, 0.12, "with pT against single in AUC (lost to Holm)"),
        (0.001, 0.01, ""),
        (0.2, 0.6, ""),
    ],
)
def test_only_what_the_correction_takes_back_is_told_and_which_one_took_it(
    plain: float, holm: float, told: str
) -> None:
    one = pair(SINGLE, MULTI, 0.02, holm, plain=plain)  # its corrected p is a third of Holm's
    assert found("LNM007", results([SINGLE, MULTI], [one])) == told


def test_without_a_plain_test_there_is_nothing_to_take_back() -> None:
    assert found("LNM007", results([SINGLE, MULTI], [pair(SINGLE, MULTI, 0.02, 0.3)])) is None


def test_a_gain_without_a_control_is_told() -> None:
    of = results([SINGLE, MULTI, OTHER], [pair(SINGLE, MULTI, 0.02, 0.01)])
    assert found("LNM010", of) == "with pT gains +.020 in AUC, and no shuffled control was run"


@pytest.mark.parametrize(
    ("difference", "holm", "fires"), [(0.018, 0.02, False), (0.003, 0.6, True), (-0.01, 0.01, True)]
)
@pytest.mark.parametrize("turned", [False, True])
def test_a_gain_must_be_above_its_controls(
    difference: float, holm: float, fires: bool, turned: bool
) -> None:
    over = pair(SHUFFLED, MULTI, difference, holm)
    if turned:
        over = pair(MULTI, SHUFFLED, -difference, holm)
    of = results([SINGLE, MULTI, SHUFFLED], [pair(SINGLE, MULTI, 0.02, 0.01), over])
    told = found("LNM010", of)
    assert told is not None
    assert ("over its shuffled control" in told) is fires


BOTH = network("both", Choice(name="pt"), Choice(name="size"))
HALF = network("half", Choice(name="pt"), Choice(name="size", parameters={"shuffled": 1}))
WHOLE = network(
    "whole", *(Choice(name=name, parameters={"shuffled": 2}) for name in ("pt", "size"))
)


def test_a_half_shuffled_network_is_an_arm_of_its_own_and_no_control() -> None:
    assert [one.method.is_control for one in (SINGLE, BOTH, HALF, WHOLE)] == [False] * 3 + [True]
    gains = [pair(SINGLE, one, 0.02, 0.01) for one in (BOTH, HALF)]
    beaten = pair(HALF, BOTH, 0.02, 0.01)
    told = found("LNM010", results([SINGLE, BOTH, HALF], [*gains, beaten]))
    assert told == (
        "both gains +.020 in AUC, and no shuffled control was run; "
        "half gains +.020 in AUC, and no shuffled control was run"
    )
    over = [pair(WHOLE, one, 0.02, 0.01) for one in (BOTH, HALF)]
    assert found("LNM010", results([SINGLE, BOTH, HALF, WHOLE], [*gains, *over])) == ""


def test_every_control_of_a_network_must_be_beaten() -> None:
    again = network("again", Choice(name="pt", parameters={"edition": "auto", "shuffled": 2}))
    pairs = [pair(SINGLE, MULTI, 0.02, 0.01), pair(SHUFFLED, MULTI, 0.02, 0.01)]
    for holm, fires in ((0.4, True), (0.02, False)):
        of = results([SINGLE, MULTI, SHUFFLED, again], [*pairs, pair(again, MULTI, 0.01, holm)])
        assert ("over its shuffled control" in (found("LNM010", of) or "")) is fires


def test_no_gain_shown_is_nothing_to_control() -> None:
    for difference, holm in ((0.02, 0.2), (-0.02, 0.01)):
        of = results([SINGLE, MULTI], [pair(SINGLE, MULTI, difference, holm)])
        assert found("LNM010", of) is None
    assert found("LNM010", results([SINGLE, SHUFFLED], [pair(SINGLE, SHUFFLED, 0.1, 0.01)])) is None


def test_of_a_metric_where_less_is_better_a_fall_is_the_gain() -> None:
    fall = pair(SINGLE, MULTI, -0.02, 0.01, metric="brier")
    assert "gains −.020 in Brier score" in (found("LNM010", results([SINGLE, MULTI], [fall])) or "")
    rise = pair(SINGLE, MULTI, 0.02, 0.01, metric="brier")
    assert found("LNM010", results([SINGLE, MULTI], [rise])) is None


def predicted(power: float) -> NDArray[np.float64]:
    odds = (RISK / (1 - RISK)) ** power
    return np.stack([odds / (1 + odds)] * 2)


@pytest.mark.parametrize(("power", "fires"), [(1.0, False), (0.4, True), (2.5, True)])
def test_a_slope_far_from_one_is_told(power: float, fires: bool) -> None:
    arm = replace(SINGLE, predicted=predicted(power))
    told = found("LNM011", results([arm]))
    assert told is not None
    assert told.startswith("single: slope ") is fires


def test_a_slope_of_which_little_is_known_is_not_far() -> None:
    few = slice(0, 40)
    odds = predicted(1.6)[:, few]
    arm = replace(SINGLE, predicted=odds)
    assert found("LNM011", results([arm], truth=TRUTH[few], n=40)) == ""


def test_probabilities_without_a_slope_are_not_judged() -> None:
    constant = replace(SINGLE, predicted=np.full((2, N), 0.3))
    perfect = replace(SINGLE, predicted=np.stack([TRUTH, TRUTH]))
    unfinished = replace(SINGLE, predicted=predicted(0.3), units_done=3)
    assert found("LNM011", results([constant, perfect, unfinished])) is None


def arm(inner: float, outer: float, spread: float) -> MethodResult:
    values = outer + spread * np.random.default_rng(3).normal(size=(2, 10))
    scores = FoldScores(method="m", metric="auc", values=values)
    return replace(SINGLE, scores={"auc": scores}, inner=np.full((2, 10), inner))


@pytest.mark.parametrize(
    ("inner", "outer", "spread", "fires"),
    [
        (0.9, 0.7, 0.05, True),
        (0.7, 0.9, 0.05, True),
        (0.73, 0.7, 0.01, False),
        (0.78, 0.7, 0.3, False),
    ],
)
def test_inner_scores_far_from_outer_ones_are_told(
    inner: float, outer: float, spread: float, fires: bool
) -> None:
    told = found("LNM012", results([arm(inner, outer, spread)]))
    assert told is not None
    assert (f"AUC {inner:.3f}".replace("0.", ".") in told) is fires


def test_arms_without_inner_scores_are_not_judged() -> None:
    without = replace(arm(0.9, 0.7, 0.05), inner=None)
    undefined = replace(arm(0.9, 0.7, 0.05), inner=np.full((2, 10), np.nan))
    assert found("LNM012", results([without, undefined])) is None


def test_an_unfinished_arm_is_told() -> None:
    of = results([SINGLE, replace(MULTI, units_done=7)])
    assert found("LNM014", of) == "with pT: 7 of 20 outer folds"
    assert found("LNM014", results([SINGLE])) == ""
    assert found("LNM014", results([])) is None


def curve(*fits: int) -> Curve:
    losses = np.ones((len(fits), 3))
    epochs = np.arange(1, len(fits) + 1)
    return Curve(epochs=epochs, training=losses, validation=losses, fits=np.array(fits))


def test_fits_that_the_limit_ended_are_told() -> None:
    short = replace(SINGLE.method, training=Training(max_epochs=4))
    ended = replace(SINGLE, method=short, curve=curve(100, 100, 90, 80))
    assert found("LNM015", results([ended])) == "single: 80 % of the fits"
    assert found("LNM015", results([replace(ended, curve=curve(100, 90, 60, 40))])) == ""
    assert found("LNM015", results([replace(ended, curve=curve(100, 60, 20))])) == ""
    assert found("LNM015", results([SINGLE])) is None


def test_a_real_run_gives_the_checks_what_they_look_at(scored: Results) -> None:
    told = {name: factory()(scored) for name, factory in register_checks().items()}
    networks = "clinical network"
    assert networks in (told["LNM015"] or "")  # five epochs are fewer than the patience
    assert "logistic" not in (told["LNM015"] or "")
    for name in ("LNM003", "LNM005", "LNM008", "LNM009", "LNM013", "LNM014"):
        assert told[name] == "", name
    for name in ("LNM001", "LNM002", "LNM006", "LNM016", "LNM017"):  # one case each, and no images
        assert told[name] is None, name
    for name in ("LNM004", "LNM007", "LNM011", "LNM012"):
        assert told[name] is not None, name
