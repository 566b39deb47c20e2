"""What the checks say of splits, images, features, encoders and auxiliary labels."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from lnmbench_checks import register_checks

from lnmbench.records import (
    Alike,
    AuxLabels,
    Card,
    Choice,
    Method,
    MethodResult,
    NetworkMethod,
    Profile,
    Protocol,
    Results,
    Summary,
    Variable,
    Weights,
)

CARD = Card(title="made", license="none", source="here", citation="none", labels="made")
N = 60
TRUTH = (np.arange(N) % 3 == 0).astype(float)
NOTHING = Results(
    cohort="radiogenomics:root=x",
    card=CARD,
    fingerprint="f" * 32,
    protocol=Protocol(repeats=2, folds=3),
    n=N,
    positives=int(TRUTH.sum()),
    method_results=(),
    compared=(),
    metrics=("auc",),
    metric_titles={"auc": "AUC"},
    comparison_titles={},
    comparison_roles={},
    primary="corrected",
    primary_metrics=("auc",),
    metric_bounds={"auc": (0.0, 1.0)},
    metric_better={"auc": True},
    truth=TRUTH,
    outer=np.array([np.arange(N) % 3, (np.arange(N) // 4) % 3], dtype=np.int16),
)


def found(name: str, **facts: Any) -> str | None:
    return register_checks()[name]()(replace(NOTHING, **facts))


def outcome(method: Method) -> MethodResult:
    return MethodResult(method=method, units_done=6, units_all=6)


def network(*aux: Choice, source: str = "imagenet", **parameters: object) -> MethodResult:
    return outcome(
        NetworkMethod(
            label="resnet18",
            encoder=Choice(name="resnet18", parameters=parameters),
            level="slice",
            weights=Weights(source=source),
            aux=aux,
        )
    )


CLINICAL = outcome(
    NetworkMethod(
        label="clinical network",
        encoder=Choice(name="none"),
        level="none",
        weights=Weights(source="none"),
    )
)


def feature(name: str, separation: float, *, known: int = 20, **other: Any) -> Profile:
    some = Summary(known=known, missing=20 - known)
    facts: dict[str, Any] = {
        "role": "feature",
        "kind": "continuous",
        "known": "before",
        "everyone": some,
        "negative": some,
        "positive": some,
        **other,
    }
    return Profile(variables=(Variable(name=name, separation=separation, **facts),))


@pytest.mark.parametrize("name", [n for n in register_checks() if n not in ("LNM004",)])
def test_a_run_of_which_nothing_is_known_passes_no_check(name: str) -> None:
    assert found(name, truth=None, outer=None) is None


def test_a_divided_patient_is_counted_and_one_case_each_is_nothing_to_divide() -> None:
    assert found("LNM001", patients=np.arange(N)) is None
    whole = np.arange(N) // 12
    outer = np.stack([whole % 3, (whole + 1) % 3]).astype(np.int16)
    assert found("LNM001", patients=whole, outer=outer) == ""
    outer[1, 0] = (outer[1, 0] + 1) % 3
    told = found("LNM001", patients=whole, outer=outer)
    assert told == "1 patient is trained on and tested on in 1 of 2 repeats"


def test_patients_in_any_order_are_kept_apart() -> None:
    patients = np.random.default_rng(0).permutation(np.arange(N) % 30)
    folds = np.random.default_rng(1).integers(0, 3, 30)
    outer = folds[patients][None].astype(np.int16)
    assert found("LNM001", patients=patients, outer=outer) == ""
    divided = outer.copy()
    divided[0, np.flatnonzero(patients == 7)] = (0, 1)
    assert "1 patient is" in (found("LNM001", patients=patients, outer=divided) or "")


@pytest.mark.parametrize(
    ("name", "similarity", "shown", "other"),
    [("LNM002", 1.0, "1.000", "LNM017"), ("LNM017", 0.9951, ".995", "LNM002")],
)
def test_shared_images_are_told_by_pair(
    name: str, similarity: float, shown: str, other: str
) -> None:
    pairs = tuple(Alike(case_a=3, case_b=10 + k, similarity=similarity) for k in range(5))
    told = found(name, profile=Profile(alike=pairs)) or ""
    assert "cases 3 and 10" in told
    assert f"correlation {shown})" in told
    assert "and 2 more" in told
    assert found(other, profile=Profile(alike=pairs)) == ""


@pytest.mark.parametrize("name", ["LNM002", "LNM017"])
def test_without_images_none_is_shared(name: str) -> None:
    assert found(name, profile=Profile(alike=())) == ""
    assert found(name, profile=Profile(alike=None)) is None


@pytest.mark.parametrize(
    "name", ["pT", "pathological_grade", "adjuvant therapy", "overall survival"]
)
def test_a_feature_that_sounds_post_operative_is_told(name: str) -> None:
    assert found("LNM003", profile=feature(name, 0.6)) == repr(name)


@pytest.mark.parametrize("name", ["age", "cT", "CEA", "clinical_grade", "age at surgery"])
def test_a_feature_known_before_surgery_is_not(name: str) -> None:
    assert found("LNM003", profile=feature(name, 0.6)) == ""


def test_labels_and_targets_may_be_known_after_surgery() -> None:
    assert found("LNM003", profile=feature("pT", 0.6, role="aux")) is None
    assert found("LNM005", profile=feature("pN", 1.0, role="target")) is None


@pytest.mark.parametrize(("rarer", "fires"), [(8, True), (9, False), (N - 8, True)])
def test_three_events_a_fold_are_enough(rarer: int, fires: bool) -> None:
    assert bool(found("LNM004", positives=rarer)) is fires


@pytest.mark.parametrize(
    ("separation", "equal", "nearly"),
    [(1.0, True, False), (0.993, False, True), (0.98, False, False)],
)
def test_a_feature_equals_the_target_or_nearly(
    separation: float, equal: bool, nearly: bool
) -> None:
    profile = feature("score\n=1+1", separation)
    assert bool(found("LNM005", profile=profile)) is equal
    assert bool(found("LNM013", profile=profile)) is nearly
    assert "\n" not in (found("LNM005", profile=profile) or "")


def test_few_cases_that_are_told_apart_by_chance_are_not_judged() -> None:
    assert found("LNM005", profile=feature("rare", 1.0, known=7)) is None
    assert found("LNM013", profile=feature("rare", float("nan"), known=0)) is None


@pytest.mark.parametrize("seen", ["cohort", "imagenet+Cohort", "radiogenomics"])
def test_an_encoder_that_saw_the_cohort_is_told(seen: str) -> None:
    arms = (CLINICAL, network(source="file:a.pt", pretrained_on=seen))
    assert found("LNM006", method_results=arms) == f"resnet18: pretrained on {seen}"
    assert found("LNM016", method_results=arms) == ""


def test_weights_of_a_file_want_a_word_on_what_they_saw() -> None:
    undeclared = (network(source="file:a.pt", pretrained_on=""),)
    assert found("LNM006", method_results=undeclared) is None, "it cannot look"
    assert found("LNM016", method_results=undeclared) == "resnet18: file:a.pt"
    known = network(source="imagenet")
    assert found("LNM006", method_results=(known, CLINICAL)) == ""
    assert found("LNM006", method_results=(known, *undeclared)) is None, (
        "it cannot look at every one"
    )
    leaked = network(source="file:b.pt", pretrained_on="cohort")
    assert found("LNM006", method_results=(leaked, *undeclared)) == "resnet18: pretrained on cohort"
    assert (
        found("LNM016", method_results=(network(source="file:a.pt", pretrained_on="other CT"),))
        == ""
    )
    for source in ("imagenet", "kinetics", "random:0"):
        assert found("LNM016", method_results=(network(source=source),)) == ""


@pytest.mark.parametrize("name", ["LNM006", "LNM016"])
def test_without_images_no_encoder_is_judged(name: str) -> None:
    assert found(name, method_results=(CLINICAL,)) is None


PT = Choice(name="pt", parameters={"shuffled": 0})
SHUFFLED = Choice(name="pt", parameters={"shuffled": 1})


def labeled(values: np.ndarray, kind: str = "ordinal", task: Choice = PT) -> dict[str, Any]:
    known = int((~np.isnan(values.reshape(len(values), -1))).any(axis=1).sum())
    labels = AuxLabels(task=str(task), title="T", kind=kind, known=known, values=values)  # type: ignore[arg-type]  # words of the contract
    return {"method_results": (network(task),), "aux_labels": {str(task): labels}}


def test_a_label_that_most_cases_lack_is_told() -> None:
    values = np.where(np.arange(N) < 29, 1.0, np.nan)
    assert found("LNM008", **labeled(values)) == f"{PT}: 29 of 60 cases have a label"
    values[29] = 0.0
    assert found("LNM008", **labeled(values)) == ""


NOISE = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("values", "kind", "fires"),
    [
        (TRUTH, "binary", True),
        (np.where(TRUTH == 1, 1.0, (np.arange(N) % 2) * 2.0), "ordinal", True),
        (NOISE.integers(0, 7, N).astype(float), "ordinal", False),
        (5 * TRUTH + NOISE.normal(0, 0.3, N), "continuous", True),
        (-5 * TRUTH + NOISE.normal(0, 0.3, N), "continuous", True),
        (NOISE.normal(0, 1, N), "continuous", False),
        (np.arange(N, dtype=float), "nominal", False),
        (np.stack([NOISE.normal(0, 1, N), -TRUTH], axis=1), "continuous", True),
    ],
)
def test_a_label_that_tells_the_target_is_told(values: np.ndarray, kind: str, fires: bool) -> None:
    told = found("LNM009", **labeled(values, kind))
    assert told is not None
    assert bool(told) is fires


def test_masks_and_labels_of_few_cases_are_not_judged() -> None:
    assert found("LNM009", **labeled(np.ones((N, 4)), "mask")) is None
    few = np.where(np.arange(N) < 15, TRUTH, np.nan)
    assert found("LNM009", **labeled(few, "binary")) is None


@pytest.mark.parametrize("name", ["LNM008", "LNM009"])
def test_controls_and_runs_without_tasks_have_no_labels_to_judge(name: str) -> None:
    assert found(name, **labeled(TRUTH, "binary", SHUFFLED)) is None
    assert found(name, method_results=(network(),)) is None
