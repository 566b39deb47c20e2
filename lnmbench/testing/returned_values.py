"""Contract checks of returned values: those of the boundary around plugins in a run."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from lnmbench.contracts import (
    ImageTask,
    OwnGrid,
    PrecomputedFeatures,
    StepWeights,
    TargetOutcomes,
    Thresholded,
)
from lnmbench.errors import PluginError
from lnmbench.records import Cohort, mark_positive
from lnmbench.registry import Plugin
from lnmbench.registry.boundary import Boundary, guard
from lnmbench.registry.boundary.image_baselines import GuardedImageBaseline
from lnmbench.testing.sample_images import add_images, encode_images
from lnmbench.testing.sample_volume import sample_volume

_BOUNDARY = "lnmbench.registry.boundary."
TRUTH = np.array([0.0, 0.0, 1.0, 1.0])
PREDICTED = np.array([0.1, 0.6, 0.4, 0.9])


def _asserting(role: str) -> Callable[[Callable[[Any, Cohort], None]], Callable[..., None]]:
    """Return a decorator that passes an object behind its boundary and asserts that it holds."""

    def decorate(check: Callable[[Any, Cohort], None]) -> Callable[..., None]:
        @functools.wraps(check)
        def run(instance: object, cohort: Cohort) -> None:
            module, name = type(instance).__module__, type(instance).__name__
            plugin = Plugin(name=module, origin=module, module=module, version="", explicit=True)
            try:
                guarded = guard(instance, Boundary(plugin=plugin, role=role, name=name))
                check(instance if module.startswith(_BOUNDARY) else guarded, cohort)
            except PluginError as fault:
                raise AssertionError(str(fault).partition("; fix it")[0]) from None

        return run

    return decorate


@_asserting("dataset")
def check_dataset_returns(dataset: Any, cohort: Cohort) -> None:
    """Check that columns, card, sources, notes and cases are records of their types."""
    for attribute in ("columns", "card", "sources", "notes"):
        getattr(dataset, attribute)
    assert list(dataset.cases()), "the data set has no cases"


@_asserting("report reader")
def check_report_reader_returns(reader: Any, cohort: Cohort) -> None:
    """Check that columns are features known before surgery, and that they can encode findings."""
    for text in ("", "Spiculated mass, 3.2 x 2.1 cm.", "肿块大小约3.2cm×2.1cm"):
        reader.read(text)


@_asserting("feature extractor")
def check_feature_extractor_returns(extractor: Any, cohort: Cohort) -> None:
    """Check that columns are continuous features, and values numbers or NaN of these columns."""
    assert extractor.columns
    assert extractor.software
    volume = sample_volume()
    extractor.extract(volume.image, volume.mask)


@_asserting("target")
def check_target_returns(target: Any, cohort: Cohort) -> None:
    """Check that labels (n,) are 0, 1 or NaN, notes texts, and the cohort is not changed.

    With several outcomes, the label is 1 for the cases with a positive one.
    """
    assert target.title
    labels = target.labels(cohort)
    if isinstance(target, TargetOutcomes):
        positive = mark_positive(np.stack(list(target.outcomes(cohort).values()), axis=1))
        assert np.array_equal(labels, positive, equal_nan=True), "labels differ from the outcomes"
    target.notes(cohort)


@_asserting("encoder")
def check_encoder_returns(encoder: Any, cohort: Cohort) -> None:
    """Check that features are finite, of the declared number, and equal in every call."""
    assert encoder.weights
    if encoder.level != "none" and not isinstance(encoder, PrecomputedFeatures):
        from lnmbench.nets.encoder.frozen import FrozenEncoder

        shape = (1, 1, 5, 64, 64) if encoder.level == "volume" else (3, 1, 64, 64)
        if isinstance(encoder, OwnGrid):
            shape = (1, 1, *encoder.grid.shape)
        images = np.linspace(-1, 1, math.prod(shape), dtype=np.float32).reshape(shape)
        FrozenEncoder(encoder.stages()).encode(images)


@_asserting("aux task")
def check_aux_task_returns(task: Any, cohort: Cohort) -> None:
    """Check that labels suit the kind, and that loss and predictions of them are valid."""
    assert task.title
    cohort = add_images(cohort)
    task.targets(cohort)
    task.notes(cohort)
    if isinstance(task, ImageTask):
        task.examples(encode_images(cohort))


@_asserting("weighting")
def check_weighting_returns(weighting: Any, cohort: Cohort) -> None:
    """Check that scalars, losses and weights are finite, and that losses have a gradient."""
    tasks = ("target", "first task", "second task")
    weighting.initial_scalars(tasks)
    if isinstance(weighting, StepWeights):
        weighting.initial_state(tasks)


@_asserting("baseline")
def check_baseline_candidates(baseline: Any, cohort: Cohort) -> None:
    """Check that there is a candidate, or a model, and that versions and label are texts."""
    if isinstance(baseline, GuardedImageBaseline):
        assert isinstance(baseline.model, str)
    else:
        baseline.candidates()
        baseline.versions()
        baseline.describe()


@_asserting("baseline")
def check_baseline_probabilities(baseline: Any, cohort: Cohort) -> None:
    """Check that the first and the last candidate predict probabilities (n, 2).

    Of a baseline on features of images, check encoder, tasks and the reduction of features.
    """
    from lnmbench.clinical import feature_frame

    if isinstance(baseline, GuardedImageBaseline):
        assert isinstance(baseline.encoder + baseline.aux, str)
        features = np.random.default_rng(0).normal(size=(40, 24))
        for settings in baseline.reductions:
            baseline.reduce(features, np.arange(40) < 30, settings)
        return
    if baseline.fixed is not None:
        return
    frame = feature_frame(cohort, np.arange(len(cohort)))
    truth, every_case = np.arange(len(cohort)) % 2.0, np.ones(len(cohort), dtype=np.bool_)
    model, features = baseline.estimator(cohort.features).fit_steps(frame, truth, every_case)
    candidates = baseline.candidates()
    for settings in (candidates[0], candidates[-1]):
        model.probabilities(settings, features, truth, every_case)


@_asserting("baseline")
def check_fixed_predictions(baseline: Any, cohort: Cohort) -> None:
    """Check that the predictions of a baseline that is not trained are those of cases."""
    if not isinstance(baseline, GuardedImageBaseline) and baseline.fixed is not None:
        positions = {id_: number for number, id_ in enumerate(cohort.ids)}
        baseline.fixed.predict_cases(cohort, positions.get)


@_asserting("metric")
def check_metric_returns(metric: Any, cohort: Cohort) -> None:
    """Check that kinds, bounds and values are valid, and that the input is not changed."""
    assert metric.title
    assert isinstance(metric.greater_is_better, bool)
    if "binary" in metric.kinds:
        is_at_threshold = isinstance(metric, Thresholded)
        threshold = (metric.threshold(TRUTH, PREDICTED),) if is_at_threshold else ()
        for predicted in (PREDICTED, 1 - PREDICTED):
            metric(TRUTH, predicted, *threshold)
