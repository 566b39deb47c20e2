"""Features of images for baselines: pooled, and learned out of fold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from lnmbench import Cohort, UserError, Weights
from lnmbench.clinical import feature_frame, preprocessor
from lnmbench.records import BaselineMethod, Choice, NetworkMethod, Plan, Training, UnitResult
from lnmbench.registry import Registry
from lnmbench.registry.boundary.image_baselines import GuardedImageBaseline
from lnmbench.stages.plan.splitting import make_splits
from lnmbench.stages.run.chunk import BaselineChunk, list_fits
from lnmbench.stages.run.execution import _baseline_results
from lnmbench.stages.run.feature_table import FeatureTable
from lnmbench.stages.run.image_features import add_image_columns, image_features
from lnmbench.store.feature_cache import FeatureCache, make_features

SEX = Choice(name="sex", parameters={"smooth": 0.0})
ENCODER = Choice(name="resnet18", parameters={"train": "none"})
WIDTH = 6


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A cohort of 48 cases with 1 to 3 slices each, whose features carry the sex; 3 inner folds."""

    cohort: Cohort
    plan: Plan
    cache: FeatureCache
    features: NDArray[np.float32]


@pytest.fixture
def setting(make_cohort: Callable[..., Cohort], plan: Plan, tmp_path: Path) -> Setting:
    cohort, random = make_cohort(48), np.random.default_rng(0)
    offsets = np.concatenate([[0], np.cumsum(1 + np.arange(48) % 3)])
    features = random.normal(size=(int(offsets[-1]), WIDTH)).astype(np.float32)
    features[:, 0] += np.repeat(cohort.values["sex"], np.diff(offsets))
    truth = cohort.values["n2"].astype(float)
    protocol = replace(plan.protocol, repeats=1, inner=3)
    splits = make_splits(cohort.ids, truth, cohort.ids, protocol)
    cache = FeatureCache(path=tmp_path / "features.h5", key="a key")
    make_features(
        cache,
        slices=len(features),
        encode=lambda start, stop: {"features": features[None, start:stop]},
        done=lambda steps: None,
        say=lambda line: None,
    )
    return Setting(
        cohort=replace(cohort, offsets=offsets),
        plan=replace(plan, ids=cohort.ids, truth=truth, protocol=protocol, splits=splits),
        cache=cache,
        features=features,
    )


def make_chunk(setting: Setting, *aux: Choice, **settings: object) -> BaselineChunk:
    network = NetworkMethod(
        label="features",
        encoder=ENCODER,
        level="slice",
        weights=Weights(source="random"),
        aux=aux,
        training=Training(max_epochs=4, patience=4, token_dim=4, image_features=3),
    )
    baseline = Choice(name="pooled", parameters={"encoder": "resnet18", "components": 3})
    if aux:
        baseline = Choice(name="two_stage", parameters={"aux": "sex", "encoder": "resnet18"})
    chunk = BaselineChunk(
        method=BaselineMethod(label="made", baseline=baseline, network=network),
        repeat=0,
        folds=range(3),
        plan=setting.plan,
        cohort_file=Path(),
        features=setting.cache,
    )
    return replace(chunk, **settings)  # type: ignore[arg-type]  # of a test


def relabel(setting: Setting, cases: NDArray[np.bool_], *, target: bool) -> Setting:
    """Return the setting with the other sex of some cases and, if so chosen, another target."""
    sex = setting.cohort.values["sex"]
    values = {**setting.cohort.values, "sex": np.where(cases, 1.0 - sex, sex)}
    truth = np.where(cases & target, 1.0 - setting.plan.truth, setting.plan.truth)
    return replace(
        setting,
        cohort=replace(setting.cohort, values=values),
        plan=replace(setting.plan, truth=truth),
    )


def run_without_sex(setting: Setting, chunk: BaselineChunk, registry: Registry) -> list[UnitResult]:
    """Return the results of a chunk with the age as the only clinical feature."""
    columns = tuple(
        replace(c, role="aux", label="sex", known="after") if c.name == "sex" else c
        for c in setting.cohort.columns
    )
    cohort = replace(setting.cohort, columns=columns)
    return _baseline_results(replace(chunk, plan=setting.plan), cohort, registry)


def test_pooled_features_are_those_of_a_pipeline_by_hand(
    setting: Setting, planted_registry: Registry
) -> None:
    chunk, cohort, plan = make_chunk(setting), setting.cohort, setting.plan
    offsets = cohort.offsets
    means = np.stack([setting.features[a:b].mean(0) for a, b in pairwise(offsets)])
    features = image_features(chunk, cohort, planted_registry)
    frame = feature_frame(cohort, np.arange(48))
    fits = list(list_fits(plan, 0))
    expected = np.zeros(48)
    (first, *_) = _baseline_results(chunk, cohort, planted_registry)
    for fit in fits[:3]:
        np.testing.assert_allclose(features(fit), means, rtol=1e-6)
        reduced = make_pipeline(StandardScaler(), PCA(n_components=3)).fit(means[fit.training])
        scores = StandardScaler().fit(reduced.transform(means[fit.training]))
        scores = scores.transform(reduced.transform(means))
        clinical = preprocessor(cohort.features).fit(frame[fit.training]).transform(frame)
        table = np.hstack([clinical, scores])
        model = LogisticRegression(C=first.settings["C"], max_iter=1000)
        model.fit(table[fit.training], plan.truth[fit.training])
        expected += model.predict_proba(table)[:, 1] / 3
    tested = plan.splits.outer[0] == 0
    np.testing.assert_allclose(first.test["target"][tested, 0], expected[tested], atol=1e-4)


def test_columns_of_images_follow_the_clinical_ones_under_names_of_their_own(
    setting: Setting, planted_registry: Registry
) -> None:
    (fit, *_), cohort = list_fits(setting.plan, 0), setting.cohort
    baseline = planted_registry.baselines.build(make_chunk(setting).method.baseline)
    assert isinstance(baseline, GuardedImageBaseline)
    column = replace(cohort.features[0], name="image feature 1")
    frame = feature_frame(cohort, np.arange(48)).rename(columns={"age": column.name})
    table = FeatureTable(columns=(column, cohort.features[1]), frame=frame)
    images = np.random.default_rng(0).normal(size=(48, 5))
    (joined,) = add_image_columns(table, images, fit, baseline)
    names = ["image feature 1", "sex", *(f"image feature_ {i}" for i in (1, 2, 3))]
    assert [c.name for c in joined.columns] == list(joined.frame.columns) == names
    np.testing.assert_array_equal(joined.frame[column.name], frame[column.name])


def with_components(chunk: BaselineChunk, components: int | str) -> BaselineChunk:
    parameters = {"encoder": "resnet18", "components": components}
    baseline = Choice(name="pooled", parameters=parameters)
    return replace(chunk, method=replace(chunk.method, baseline=baseline))


def test_the_inner_folds_choose_the_reduction_with_the_model(
    setting: Setting, planted_registry: Registry
) -> None:
    def results_with(components: int | str) -> list[UnitResult]:
        chunk = with_components(make_chunk(setting), components)
        return _baseline_results(chunk, setting.cohort, planted_registry)

    by_number = {number: results_with(number) for number in (1, 2, 5)}
    for unit, result in enumerate(results_with("1+2+5")):
        (chosen,) = (trial for trial in result.search if trial.chosen)
        alone = {n: results[unit] for n, results in by_number.items()}
        losses = {n: min(t.loss for t in r.search) for n, r in alone.items()}
        best = min(losses, key=lambda number: losses[number])
        assert chosen.settings == {**alone[best].settings, "components": best}
        assert chosen.loss == losses[best]
        np.testing.assert_array_equal(result.test["target"], alone[best].test["target"])
        assert len(result.search) == sum(len(each.search) for each in alone.values())
        assert result.fits == sum(each.fits for each in alone.values())


def test_no_feature_of_a_case_comes_from_a_network_that_saw_its_label(
    setting: Setting, planted_registry: Registry
) -> None:
    """Spoil the labels of some cases: their own features stay, those of others change."""
    chunk = make_chunk(setting, SEX, folds=(1,))
    before = image_features(chunk, setting.cohort, planted_registry)
    fit = next(fit for fit in list_fits(setting.plan, 0) if (fit.fold, fit.inner) == (1, 2))
    inner_of = setting.plan.splits.inner[0, 1]
    parts = [inner_of == 0, inner_of == 1, fit.validation, fit.test]
    for held_out in parts:
        spoiled = relabel(setting, held_out, target=True)
        changed = image_features(
            replace(chunk, plan=spoiled.plan), spoiled.cohort, planted_registry
        )(fit)
        np.testing.assert_array_equal(changed[held_out], before(fit)[held_out])
        trains_others = bool((held_out & fit.training).any())
        others = ~held_out
        assert np.array_equal(changed[others], before(fit)[others]) != trains_others


def test_no_label_of_a_test_case_has_a_say(setting: Setting, planted_registry: Registry) -> None:
    chunk = make_chunk(setting, SEX)
    tested = setting.plan.splits.outer[0] == 1
    before = run_without_sex(setting, chunk, planted_registry)[1]
    spoiled = relabel(setting, tested, target=True)
    after = run_without_sex(spoiled, chunk, planted_registry)[1]
    assert after.test["target"].tobytes() == before.test["target"].tobytes()
    assert after.validation.tobytes() == before.validation.tobytes()
    others = relabel(setting, ~tested & (np.arange(48) % 2 == 0), target=False)
    changed = run_without_sex(others, chunk, planted_registry)[1]
    assert not np.allclose(changed.test["target"][tested], before.test["target"][tested])


def test_the_target_is_not_learned(setting: Setting, planted_registry: Registry) -> None:
    chunk = make_chunk(setting, SEX, folds=(0,))
    (fit, *_) = list_fits(setting.plan, 0)
    before = image_features(chunk, setting.cohort, planted_registry)(fit)
    turned = replace(chunk, plan=replace(setting.plan, truth=1.0 - setting.plan.truth))
    np.testing.assert_array_equal(
        image_features(turned, setting.cohort, planted_registry)(fit), before
    )


def test_features_out_of_fold_agree_with_those_of_test_cases(
    setting: Setting, planted_registry: Registry
) -> None:
    """Networks of a fit have one start and one projection, so that their features are comparable.

    Each feature's correlation with the same linear function of the slices is alike in training
    and in test cases; features of networks with other seeds have no common meaning.
    """
    chunk = make_chunk(setting, SEX, folds=(0,))
    features = image_features(chunk, setting.cohort, planted_registry)
    offsets = setting.cohort.offsets
    means = np.stack([setting.features[a:b].mean(0) for a, b in pairwise(offsets)])
    for fit in list(list_fits(setting.plan, 0))[:3]:
        values = features(fit)
        assert np.isfinite(values).all()
        coefficients, *_ = np.linalg.lstsq(
            np.column_stack([means, np.ones(48)])[fit.training], values[fit.training], rcond=None
        )
        predicted = np.column_stack([means, np.ones(48)]) @ coefficients
        for i in range(3):
            assert np.corrcoef(predicted[~fit.training, i], values[~fit.training, i])[0, 1] > 0.8


def test_too_few_labels_are_refused(setting: Setting, planted_registry: Registry) -> None:
    sex = np.full(48, np.nan)
    sex[np.flatnonzero(setting.plan.splits.outer[0] == 1)[:1]] = 1.0
    cohort = replace(setting.cohort, values={**setting.cohort.values, "sex": sex})
    with pytest.raises(UserError, match="learns from . labeled training case.*two patients"):
        image_features(make_chunk(setting, SEX), cohort, planted_registry)


def test_cases_without_images_have_features_of_zero_and_a_column_says_so(
    setting: Setting, planted_registry: Registry
) -> None:
    counts = np.diff(setting.cohort.offsets)
    has_images = np.arange(48) % 4 > 0
    offsets = np.concatenate([[0], np.cumsum(counts * has_images)])
    features = setting.features[np.repeat(has_images, counts)]
    cache = replace(setting.cache, path=setting.cache.path.with_name("some.h5"))
    make_features(
        cache,
        slices=len(features),
        encode=lambda start, stop: {"features": features[None, start:stop]},
        done=lambda steps: None,
    )
    cohort = replace(setting.cohort, offsets=offsets)
    chunk = make_chunk(setting, features=cache)
    by_fit = image_features(chunk, cohort, planted_registry)
    (fit, *_) = list_fits(setting.plan, 0)
    assert np.isnan(by_fit(fit)[~has_images]).all()
    baseline = planted_registry.baselines.build(chunk.method.baseline)
    assert isinstance(baseline, GuardedImageBaseline)
    table = FeatureTable(columns=cohort.features, frame=feature_frame(cohort, np.arange(48)))
    (joined,) = add_image_columns(table, by_fit(fit), fit, baseline)
    names = [column.name for column in joined.columns[-4:]]
    assert names == [
        "image feature 1",
        "image feature 2",
        "image feature 3",
        "image features known",
    ]
    assert joined.image_columns == 4
    images = joined.frame.to_numpy(dtype=np.float64)[:, -4:]
    np.testing.assert_array_equal(images[:, 3], has_images)
    assert not images[~has_images, :3].any()
    means = by_fit(fit)[has_images]
    by_hand = baseline.reduce(means, fit.training[has_images])
    np.testing.assert_array_equal(images[has_images, :3], by_hand)

    learned = image_features(make_chunk(setting, SEX, features=cache), cohort, planted_registry)
    for each in list_fits(setting.plan, 0):
        assert (np.isnan(learned(each)).all(1) == ~has_images).all()
