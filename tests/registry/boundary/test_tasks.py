from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from lnmbench.contracts import AuxTask, ImageTask, OwnHead, Tunable
from lnmbench.errors import PluginError
from lnmbench.records import EncodedImages, Examples
from lnmbench.registry.boundary import Boundary
from lnmbench.registry.boundary.tasks import guard_task
from lnmbench.testing import sample_cohort

COHORT = sample_cohort()


class Task:
    title, kind, outputs = "size", "binary", 1
    calls = 0

    def targets(self, cohort: Any) -> Any:
        labels = np.arange(len(cohort)) % 2.0
        labels[0] = np.nan
        return labels

    def notes(self, cohort: Any) -> Any:
        return ["a note"]

    def loss(self, logits: Any, targets: Any) -> Any:
        self.calls += 1
        return (logits[..., 0] - targets) ** 2

    def probabilities(self, logits: Any) -> Any:
        return torch.sigmoid(logits)


class Searched(Task):
    def space(self) -> Any:
        return {"a": [1]}


def test_a_task_is_what_its_plugin_says(boundary: Boundary) -> None:
    plain = Task()
    task = guard_task(plain, boundary)
    assert isinstance(task, AuxTask)
    assert not isinstance(task, Tunable)
    assert (task.title, task.kind, task.outputs) == ("size", "binary", 1)
    assert np.array_equal(task.targets(COHORT), plain.targets(COHORT), equal_nan=True)
    assert task.notes(COHORT) == ("a note",)
    logits, labels = torch.ones(2, 5, 1), torch.zeros(2, 5)
    assert torch.equal(task.loss(logits, labels), plain.loss(logits, labels))
    assert torch.equal(task.probabilities(logits), plain.probabilities(logits))


def test_a_search_space_is_kept(boundary: Boundary) -> None:
    task = guard_task(Searched(), boundary)
    assert isinstance(task, Tunable)
    assert task.space() == {"a": (1,)}


def test_the_loss_is_tried_once_without_a_trace(boundary: Boundary) -> None:
    plain = Task()
    task = guard_task(plain, boundary)
    state = torch.get_rng_state()
    task.targets(COHORT)
    task.targets(COHORT)
    assert plain.calls == 1
    assert torch.equal(torch.get_rng_state(), state)


def test_predictions_of_a_fit_that_diverged_may_be_nan(boundary: Boundary) -> None:
    task = guard_task(Task(), boundary)
    logits = torch.full((1, 2, 1), float("nan"))
    assert bool(torch.isnan(task.probabilities(logits)).all())


def test_out_of_memory_passes_to_the_trainer(boundary: Boundary) -> None:
    class Greedy(Task):
        def loss(self, logits: Any, targets: Any) -> Any:
            raise torch.OutOfMemoryError("CUDA out of memory")

    with pytest.raises(torch.OutOfMemoryError):
        guard_task(Greedy(), boundary).loss(torch.ones(1, 1), torch.ones(1))


def test_a_later_loss_of_another_shape_is_a_fault(boundary: Boundary) -> None:
    class Later(Task):
        def loss(self, logits: Any, targets: Any) -> Any:
            losses = super().loss(logits, targets)
            return losses if self.calls == 1 else losses.mean()

    task = guard_task(Later(), boundary)
    task.targets(COHORT)
    with pytest.raises(PluginError, match=r"from loss .*the shape \(2, 5\), got the shape \(\)"):
        task.loss(torch.ones(2, 5, 1), torch.zeros(2, 5))


class FromImages(Task):
    """Tells a slice from the one after it."""

    images = "slices"

    def targets(self, cohort: Any) -> Any:
        return np.where(np.arange(len(cohort)) > 0, 1.0, np.nan)

    def examples(self, images: Any) -> Any:
        return Examples(
            case=np.array([1, 1]), rows=np.array([[[0], [1]], [[1], [0]]]), targets=np.array([0, 1])
        )

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
    assert not isinstance(guard_task(Task(), boundary), ImageTask | OwnHead)
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
