from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from lnmbench.contracts import AuxTask, ImageTask, OwnHead, Tunable
from lnmbench.errors import PluginError
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
    assert not isinstance(task, Tunable | ImageTask | OwnHead)
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
