"""Linear probes of encoders: features averaged over slices, stated truth, large cohorts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from lnmbench.records import Choice, Cohort, Column, NetworkMethod, Plan, Weights, probe_key
from lnmbench.stages.run import encoder_probe
from lnmbench.stages.run.encoder_probe import describe_probe, probe_encoder
from lnmbench.store.feature_cache import FeatureCache, make_features

N, SLICES = 30, 3
METHOD = NetworkMethod(
    label="net", encoder=Choice(name="net"), level="slice", weights=Weights(source="random")
)
Probe = Callable[..., FeatureCache]


def write(folder: Path, features: NDArray[np.float64]) -> FeatureCache:
    """Write features (slices, D), and noise as a second view."""
    views = np.stack([features, np.random.default_rng(9).standard_normal(features.shape)])
    cache = FeatureCache(path=folder / "cache.h5", key="made")
    make_features(
        cache,
        slices=len(features),
        encode=lambda start, stop: {"features": views[:, start:stop].astype(np.float32)},
        done=lambda _: None,
    )
    return cache


def spread_over_slices(by_case: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return features of slices whose mean over each case is given, and which differ widely."""
    noise = 100.0 * np.random.default_rng(8).standard_normal((N, SLICES, by_case.shape[1]))
    noise -= noise.mean(axis=1, keepdims=True)
    return (by_case[:, None] + noise).reshape(N * SLICES, -1)


@pytest.fixture
def cohort(make_cohort: Callable[..., Cohort]) -> Cohort:
    return replace(make_cohort(N), offsets=np.arange(N + 1) * SLICES)


def test_the_mean_over_the_slices_of_a_case_is_probed(
    tmp_path: Path, cohort: Cohort, plan: Plan
) -> None:
    random = np.random.default_rng(0)
    features = random.standard_normal((N, 4))
    features[:, 0] += 8.0 * plan.truth
    probe = probe_encoder(METHOD, cohort, plan, write(tmp_path, spread_over_slices(features)))
    assert probe is not None
    assert (probe.key, probe.width, probe.cases) == (probe_key(METHOD), 4, N)
    assert (probe.repeats, probe.folds) == (2, 3)
    (target,) = probe.labels
    assert target.auc is not None
    assert target.auc.value == 1.0
    assert probe.ideal is None
    expected = "a linear model on its frozen features has an AUC of 1.000 (95 % CI 1.000 to 1.000)"
    assert describe_probe(probe) == f"{expected} for n2"


def test_a_volume_has_one_row_of_features(tmp_path: Path, cohort: Cohort, plan: Plan) -> None:
    features = np.random.default_rng(0).standard_normal((N, 4))
    features[:, 0] += 8.0 * plan.truth
    volumes = replace(METHOD, level="volume")
    probe = probe_encoder(volumes, cohort, plan, write(tmp_path, features))
    assert probe is not None
    assert probe.labels[0].auc is not None
    assert probe.labels[0].auc.value == 1.0


def test_a_large_cohort_is_sampled(
    tmp_path: Path, cohort: Cohort, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder_probe, "MOST_CASES", 24)
    monkeypatch.setattr(encoder_probe, "ENOUGH_CASES", 24)
    cache = write(tmp_path, np.random.default_rng(0).standard_normal((N * SLICES, 4)))
    probes = [probe_encoder(METHOD, cohort, plan, cache) for _ in range(2)]
    assert probes[0] == probes[1]
    assert probes[0] is not None
    assert (probes[0].cases, probes[0].repeats, probes[0].labels[0].known) == (24, 1, 24)


def test_wide_features_are_probed_on_fewer_cases(
    tmp_path: Path, cohort: Cohort, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder_probe, "MOST_NUMBERS", 25 * 4)
    monkeypatch.setattr(encoder_probe, "FEWEST_CASES", 5)
    cache = write(tmp_path, np.random.default_rng(0).standard_normal((N * SLICES, 4)))
    probe = probe_encoder(METHOD, cohort, plan, cache)
    assert probe is not None
    assert probe.cases == 25


def test_features_that_are_not_finite_are_not_probed(
    tmp_path: Path, cohort: Cohort, plan: Plan
) -> None:
    features = np.zeros((N * SLICES, 4))
    features[5, 1] = np.inf
    assert probe_encoder(METHOD, cohort, plan, write(tmp_path, features)) is None


def test_a_cohort_that_states_its_truth_gets_the_gain_by_a_perfect_label(
    tmp_path: Path, cohort: Cohort, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder_probe, "DRAWS", 20)
    latent = np.random.default_rng(0).standard_normal(N)
    truth = {"truth_latent": latent, "truth_risk": 1.0 / (1.0 + np.exp(-2.0 * latent))}
    labels = {"truth_latent": "latent", "truth_risk": "risk_n2"}
    columns = [Column(name=name, role="aux", known="after", label=labels[name]) for name in truth]
    stated = replace(cohort, columns=(*cohort.columns, *columns), values={**cohort.values, **truth})
    features = np.random.default_rng(1).standard_normal((N, 20))
    features[:, :4] += latent[:, None]
    cache = write(tmp_path, spread_over_slices(features))
    probe = probe_encoder(METHOD, stated, plan, cache)
    assert probe is not None
    assert probe.ideal is not None
    assert probe.ideal.latent == "truth_latent"
    known = replace(probe, ideal=replace(probe.ideal, gain=0.012, error=0.0021))
    assert describe_probe(known).endswith("a perfect auxiliary label adds +.012 ± .002")
    assert 5 < probe.ideal.draws <= 20
    assert probe.ideal.error == pytest.approx(probe.ideal.spread / np.sqrt(probe.ideal.draws))
    assert [one.name for one in probe.labels] == ["n2", "truth_latent", "truth_risk"]
    other = replace(plan, protocol=replace(plan.protocol, target="n1"))
    without = probe_encoder(METHOD, stated, other, cache)
    assert without is not None
    assert without.ideal is None
