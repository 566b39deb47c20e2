from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from lnmbench.contracts import ImageTask, OwnHead
from lnmbench.errors import PluginError
from lnmbench.records import EncodedImages, Examples
from lnmbench.registry.boundary import Boundary
from lnmbench.registry.boundary.tasks import guard_task
from lnmbench.testing import sample_cohort

COHORT = sample_cohort()


class FromImages:
    """Tells a slice from the one after it."""

    title, kind, outputs = "order", "binary", 1
    images = "slices"

    def targets(self, cohort: Any) -> Any:
        return np.where(np.arange(len(cohort)) > 0, 1.0, np.nan)

    def examples(self, images: Any) -> Any:
        return Examples(
            case=np.array([1, 1]), rows=np.array([[[0], [1]], [[1], [0]]]), targets=np.array([0, 1])
        )

    def notes(self, cohort: Any) -> Any:
        return ()

    def loss(self, logits: Any, targets: Any) -> Any:
        return (logits[..., 0] - targets) ** 2

    def probabilities(self, logits: Any) -> Any:
        return torch.sigmoid(logits)

    def head(self, features: int) -> Any:
        return nn.Sequential(nn.Flatten(), nn.Linear(2 * features, 1))


IMAGES = EncodedImages(
    features=np.ones((3, 4), np.float32),
    offsets=np.array([0, 1, 3]),
    rotations=np.zeros((3, 0), np.int64),
    places=np.zeros((3, 0), np.int64),
    centers=np.zeros((3, 0, 2)),
    tumor=np.zeros((3, 0)),
)


def test_examples_and_a_head_are_those_of_the_plugin(boundary: Boundary) -> None:
    task = guard_task(FromImages(), boundary)
    assert isinstance(task, ImageTask)
    assert isinstance(task, OwnHead)
    assert task.images == "slices"
    assert task.targets(COHORT)[:2].tolist() == pytest.approx([np.nan, 1.0], nan_ok=True)
    examples = task.examples(IMAGES)
    assert examples.rows.tolist() == [[[0], [1]], [[1], [0]]]
    assert examples.targets.dtype == np.float64
    assert task.head(3)(torch.ones(2, 2, 3)).shape == (2, 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"case": np.array([1, 2])}, "expected a number from 0 to 1, got 2"),
        ({"case": np.array([1])}, r"expected the shape \(1, …, …\)"),
        ({"rows": np.array([[[0], [1]], [[3], [0]]])}, "from -1 to 2, got 3"),
        ({"rows": np.array([[[0], [1]], [[-1], [0]]])}, "expected at least one row in each bag"),
        ({"targets": np.array([0, 2])}, "expected 0, 1 or NaN, got 2"),
        ({"targets": np.array([0, np.nan])}, "expected targets without NaN, got 1 NaN"),
    ],
)
def test_wrong_examples_are_refused(
    boundary: Boundary, change: dict[str, Any], message: str
) -> None:
    class Wrong(FromImages):
        def examples(self, images: Any) -> Any:
            return replace(super().examples(images), **change)

    with pytest.raises(PluginError, match=message):
        guard_task(Wrong(), boundary).examples(IMAGES)  # type: ignore[attr-defined]


def test_wrong_parts_of_a_task_that_learns_from_images_are_refused(boundary: Boundary) -> None:
    class Wrong(FromImages):
        images = "volumes"

        def targets(self, cohort: Any) -> Any:
            return np.arange(len(cohort)) % 2.0

        def examples(self, images: Any) -> Any:
            images.features[:] = 0

        def head(self, features: int) -> Any:
            return nn.BatchNorm1d(features)

    task: Any = guard_task(Wrong(), boundary)
    with pytest.raises(PluginError, match="expected slices, rotations, places, got 'volumes'"):
        _ = task.images
    with pytest.raises(PluginError, match="expected 1 for a case with an example, else NaN, got 0"):
        task.targets(COHORT)
    with pytest.raises(PluginError, match="read-only"):
        task.examples(IMAGES)
    with pytest.raises(PluginError, match="expected a module without buffers, got running_mean"):
        task.head(8)
