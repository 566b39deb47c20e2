"""Features of the table as inputs of networks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from lnmbench import Cohort, Column
from lnmbench.records import Plan
from lnmbench.stages.run.chunk import list_fits
from lnmbench.stages.run.network_features import WIDEST, clinical_inputs, modality_inputs


def with_modality(cohort: Cohort, values: np.ndarray) -> Cohort:
    """Return a cohort with the columns of values (n, C) as the modality cfdna."""
    names = [f"f{number}" for number in range(values.shape[1])]
    columns = tuple(Column(name=name, role="feature", modality="cfdna") for name in names)
    return replace(
        cohort,
        columns=(*cohort.columns, *columns),
        values={**cohort.values, **dict(zip(names, values.T, strict=True))},
    )


def test_clinical_features_are_scaled_on_the_training_cases_of_each_fit(
    make_cohort: Callable[..., Cohort], plan: Plan
) -> None:
    cohort = make_cohort(40)
    fits = list(list_fits(plan, 0))
    training = np.stack([fit.training for fit in fits])
    features = clinical_inputs(cohort, cohort.positions(plan.ids), training)
    assert features.shape[:2] == (6, 30)
    age = cohort.values["age"][:30]
    for fit, scaled in zip(fits, features[:, :, 0], strict=True):
        trained = age[fit.training]
        assert scaled == pytest.approx((age - trained.mean()) / trained.std(), abs=1e-5)
    features[:] = 0.0  # what a caller does to its features does not reach the next one
    again = clinical_inputs(cohort, cohort.positions(plan.ids), training)
    assert again[0, :, 0] == pytest.approx(
        (age - age[fits[0].training].mean()) / age[fits[0].training].std(), abs=1e-5
    )
    older = replace(cohort, values={**cohort.values, "age": cohort.values["age"] ** 2})
    assert not np.array_equal(clinical_inputs(older, cohort.positions(plan.ids), training), again)
    without = replace(cohort, columns=cohort.columns[:1])
    assert clinical_inputs(without, np.arange(30), training).shape == (6, 30, 0)


def test_a_modality_is_no_clinical_feature_and_is_missing_where_all_of_it_is_unknown(
    make_cohort: Callable[..., Cohort], plan: Plan
) -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(5.0, 2.0, size=(40, 2))
    values[3] = np.nan  # without the modality
    values[4, 0] = np.nan
    cohort = with_modality(make_cohort(40), values)
    training = np.stack([fit.training for fit in list_fits(plan, 0)])
    positions = cohort.positions(plan.ids)
    assert clinical_inputs(cohort, positions, training).shape == (
        *training.shape,
        clinical_inputs(make_cohort(40), positions, training).shape[2],
    )
    (modality,) = modality_inputs(cohort, positions, training)
    assert (modality.name, modality.features.shape) == ("cfdna", (6, 30, 2))
    assert modality.present.tolist() == [case != 3 for case in range(30)]
    known = training[0].copy()
    known[3] = False
    train = values[:30][known]
    train = np.where(np.isnan(train), np.nanmedian(train, axis=0), train)
    expected = (values[5] - train.mean(axis=0)) / train.std(axis=0)
    assert modality.features[0, 5].numpy() == pytest.approx(expected, abs=1e-5)


def test_a_wide_modality_enters_by_the_components_of_the_training_cases(
    make_cohort: Callable[..., Cohort], plan: Plan
) -> None:
    rng = np.random.default_rng(0)
    signal = rng.normal(size=(40, 1))
    values = signal @ rng.normal(size=(1, WIDEST + 60)) * 3 + rng.normal(size=(40, WIDEST + 60))
    cohort = with_modality(make_cohort(40), values)
    training = np.stack([fit.training for fit in list_fits(plan, 0)])
    (modality,) = modality_inputs(cohort, cohort.positions(plan.ids), training)
    fewest = training.sum(axis=1).min()
    assert modality.features.shape == (6, 30, min(WIDEST, fewest - 1))
    for fit, cases in enumerate(training):
        features = modality.features[fit].numpy()
        assert features[cases].std(axis=0, ddof=1)[0] == pytest.approx(1.0, abs=1e-4)
        assert (np.diff(features[cases].var(axis=0)) < 1e-6).all()  # the largest first
        assert abs(np.corrcoef(features[:, 0], signal[:30, 0])[0, 1]) > 0.95
    # a case outside of the training part of all fits changes nothing
    outside = int(np.flatnonzero(~training[0])[0])
    values[outside] *= 100.0
    (other,) = modality_inputs(
        with_modality(make_cohort(40), values), cohort.positions(plan.ids), training[:1]
    )
    rest = np.arange(30) != outside
    assert np.abs(other.features[0, rest].numpy()) == pytest.approx(
        np.abs(modality.features[0, rest].numpy()), abs=1e-4
    )
