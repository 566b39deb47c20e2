"""Linear probe of an encoder's frozen features: target, auxiliary labels and stated truth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lnmbench.clinical import feature_frame, preprocessor
from lnmbench.records import (
    Cohort,
    Column,
    EncoderProbe,
    IdealLabel,
    NetworkMethod,
    Plan,
    probe_key,
)
from lnmbench.results import format_decimal, format_with_error
from lnmbench.stages.run.network_images import image_positions
from lnmbench.stages.run.network_inputs import average_slices, case_rows
from lnmbench.stages.run.probed_labels import collect_labels, score_labels
from lnmbench.stats.label_gain import simulate_label_gain
from lnmbench.store.feature_cache import FeatureCache, read_features

LATENT = "latent"
"""Label of the column of a simulated cohort that holds its latent variable."""
RISK = "risk_"
"""Beginning of the label of the column that holds the true probability of a target."""

DRAWS = 200
"""Targets that are drawn from the true risk."""
MOST_CASES = 1500
"""Cases of a probe: of a larger cohort some are drawn, so that a probe takes seconds."""
FEWEST_CASES = 100
MOST_NUMBERS = 20_000_000
"""Numbers of all features of a probe; with wide features, it takes fewer cases."""
ENOUGH_CASES = 1000
"""Cases, summed over the repeats, that are enough; above it, five folds are."""


def probe_encoder(
    method: NetworkMethod, cohort: Cohort, plan: Plan, cache: FeatureCache
) -> EncoderProbe | None:
    """Return what a linear model finds in the features of a network's frozen encoder.

    Features are averaged over the slices of a case. An encoder that is trained is probed with the
    weights with which its training begins.

    Parameters
    ----------
    method
        A network with images.
    cohort
        The cohort with the labels.
    plan
        The cases, their target and folds.
    cache
        The features of the encoder.

    Returns
    -------
    EncoderProbe or None
        The probe of the cases with images; None if a feature is not finite, or if there are too few
        of these cases.
    """
    of_slices = read_features(cache)["features"][0]  # (slices or cases, D)
    positions = image_positions(method, cohort, cohort.positions(plan.ids), plan.protocol)
    counts, _ = case_rows(method, cohort, positions, of_slices)
    cases = _choose_cases(np.flatnonzero(counts), plan, width=of_slices.shape[1])
    features = average_slices(method, cohort, positions[cases], of_slices)
    if not np.isfinite(features).all():
        return None
    repeats = max(1, min(plan.protocol.repeats, ENOUGH_CASES // len(cases)))
    most = 10 if len(cases) <= ENOUGH_CASES else 5
    # outer folds are merged, so that the cases of a patient stay together
    folds = plan.splits.outer[:repeats, cases].astype(np.int64) % most
    if any(len(np.unique(of_repeat)) < 2 for of_repeat in folds):  # few cases have images
        return None
    return EncoderProbe(
        key=probe_key(method),
        width=features.shape[1],
        cases=len(cases),
        repeats=repeats,
        folds=len(np.unique(folds)),
        labels=score_labels(features, list(collect_labels(cohort, plan, cases)), folds),
        ideal=_simulate_ideal_label(features, cohort, plan, cases, folds[0] % 5),
    )


def describe_probe(probe: EncoderProbe) -> str:
    """Return the notice of the run: a linear model's AUC, and what a perfect label adds to it."""
    target = probe.labels[0]
    if target.auc is None:
        return "the AUC of a linear model on its frozen features is not defined"
    low, high = format_decimal(target.auc.low), format_decimal(target.auc.high)
    notice = (
        f"a linear model on its frozen features has an AUC of {format_decimal(target.auc.value)}"
        f" (95 % CI {low} to {high}) for {target.name}"
    )
    if probe.ideal is None:
        return notice
    gain = format_with_error(probe.ideal.gain, probe.ideal.error)
    return f"{notice}; by simulation, a perfect auxiliary label adds {gain}"


def _choose_cases(available: NDArray[np.int64], plan: Plan, *, width: int) -> NDArray[np.int64]:
    """Return the positions in the plan of as many cases with images as a probe takes."""
    n, most = len(available), min(MOST_CASES, max(MOST_NUMBERS // width, FEWEST_CASES))
    if n <= most:
        return available
    random = np.random.default_rng(plan.protocol.seed)
    return available[np.sort(random.choice(n, most, replace=False))]


def _simulate_ideal_label(
    features: NDArray[np.float64],
    cohort: Cohort,
    plan: Plan,
    cases: NDArray[np.int64],
    folds: NDArray[np.int64],
) -> IdealLabel | None:
    """Return the gain by the latent variable; None if the cohort does not state the truth."""
    latent = _find_column(cohort, LATENT)
    risk = _find_column(cohort, f"{RISK}{plan.protocol.target}")
    if latent is None or risk is None:
        return None
    positions = cohort.positions(plan.ids)[cases]
    clinical = np.zeros((len(cases), 0))
    if cohort.features:
        clinical = preprocessor(cohort.features).fit_transform(feature_frame(cohort, positions))
    gain = simulate_label_gain(
        features,
        clinical,
        np.asarray(cohort.values[latent.name], dtype=np.float64)[positions],
        np.asarray(cohort.values[risk.name], dtype=np.float64)[positions],
        folds,
        draws=DRAWS,
        seed=plan.protocol.seed,
    )
    if gain.draws < 2:
        return None
    return IdealLabel(
        latent=latent.name,
        draws=gain.draws,
        without=gain.without,
        gain=gain.gain,
        error=gain.error,
        spread=gain.spread,
    )


def _find_column(cohort: Cohort, label: str) -> Column | None:
    return next((c for c in cohort.columns if c.role == "aux" and c.label == label), None)
