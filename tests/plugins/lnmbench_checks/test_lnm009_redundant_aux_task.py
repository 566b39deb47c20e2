from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from lnmbench_checks.lnm009_redundant_aux_task import RedundantAuxTask
from numpy.typing import NDArray

from lnmbench.records import Label, MethodResult, Outcomes, Results

MakeLabels = Callable[..., dict[str, Any]]
N = 60
TRUTH = (np.arange(N) % 3 == 0).astype(float)
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
def test_a_label_that_determines_the_target_is_reported(
    values: NDArray[np.float64],
    kind: Label,
    fires: bool,
    cohort_run: Results,
    aux_labels: MakeLabels,
) -> None:
    message = RedundantAuxTask()(replace(cohort_run, **aux_labels(values, kind)))
    assert message is not None
    assert bool(message) is fires


def test_masks_and_labels_of_few_cases_are_not_assessed(
    cohort_run: Results, aux_labels: MakeLabels
) -> None:
    masks = aux_labels(np.ones((N, 4)), "mask")
    assert RedundantAuxTask()(replace(cohort_run, **masks)) is None
    few = aux_labels(np.where(np.arange(N) < 15, TRUTH, np.nan), "binary")
    assert RedundantAuxTask()(replace(cohort_run, **few)) is None


def test_without_tasks_and_for_controls_the_check_does_not_apply(
    cohort_run: Results, aux_labels: MakeLabels, image_network: Callable[..., MethodResult]
) -> None:
    control = aux_labels(TRUTH, "binary", shuffled=1)
    assert RedundantAuxTask()(replace(cohort_run, **control)) is None
    assert RedundantAuxTask()(replace(cohort_run, method_results=(image_network(),))) is None


def test_a_label_that_determines_one_outcome_is_reported(
    cohort_run: Results, aux_labels: MakeLabels
) -> None:
    second = np.where(np.arange(N) % 7 == 0, np.nan, np.arange(N) % 2)
    values = np.stack([NOISE.integers(0, 2, N).astype(float), second], axis=1)
    outcomes = Outcomes(kind="multilabel", names=("a", "b"), values=values)
    several = replace(cohort_run, outcomes=outcomes)
    label = np.arange(N) % 2 * 1.0
    assert RedundantAuxTask()(replace(several, **aux_labels(label, "binary")))
    noise = NOISE.integers(0, 2, N).astype(float)
    assert RedundantAuxTask()(replace(several, **aux_labels(noise, "binary"))) == ""
