"""Weights of gradients, against torchjd."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from lnmbench_weightings.gradient_weights import (
    ConflictAverseGradients,
    GradientSimilarity,
    GramianWeights,
    ImpartialGradients,
    ProjectedGradients,
    ProjectedOntoTarget,
    UnconflictingGradients,
)
from torch import Tensor
from torchjd import aggregation
from torchjd.linalg import QuadprogProjector

if TYPE_CHECKING:
    from collections.abc import Callable

    Reference = Callable[[Tensor], Tensor]

MODELS, SIZE = 25, 7


def make_gradients(tasks: int) -> Tensor:
    """Gradients (K, tasks, size), half of which conflict with the target's."""
    generator = torch.Generator().manual_seed(tasks)
    gradients = torch.randn(MODELS, tasks, SIZE, generator=generator, dtype=torch.float64)
    gradients[::2, 1:] -= 0.8 * gradients[::2, :1]
    return gradients


def make_uniforms(tasks: int) -> Tensor:
    return torch.rand(MODELS, tasks, tasks, generator=torch.Generator().manual_seed(9))


@pytest.mark.parametrize("tasks", [2, 3, 6])
@pytest.mark.parametrize(
    ("weighting", "reference"),
    [
        (ImpartialGradients(), aggregation.IMTLGWeighting()),
        (
            UnconflictingGradients(),
            aggregation.UPGradWeighting(projector=QuadprogProjector(norm_eps=1e-12, reg_eps=1e-10)),
        ),
        (ConflictAverseGradients(c=0.4), aggregation.CAGradWeighting(c=0.4, norm_eps=1e-9)),
    ],
    ids=["imtl", "upgrad", "cagrad"],
)
def test_directions_are_those_of_torchjd(
    weighting: GramianWeights, reference: Reference, tasks: int
) -> None:
    gradients = make_gradients(tasks)
    gramians = gradients @ gradients.mT
    weights = weighting.weights(gramians, make_uniforms(tasks))
    expected = torch.stack([reference(gramian) for gramian in gramians])
    directions, correct = ((w[:, None] @ gradients)[:, 0] for w in (weights, expected))
    error = (directions - correct).norm(dim=1) / correct.norm(dim=1)
    assert float(error.max()) < 1e-3


def test_projected_gradients_of_two_tasks_are_those_of_torchjd() -> None:
    gradients = make_gradients(2)
    gramians = gradients @ gradients.mT
    weights = ProjectedGradients().weights(gramians, make_uniforms(2))
    expected = torch.stack([aggregation.PCGradWeighting()(gramian) for gramian in gramians])
    torch.testing.assert_close(weights, expected)


def test_gradients_are_projected_one_after_the_other_in_random_order() -> None:
    """The algorithm of the paper on the gradients themselves, in the same order."""
    gradients, uniforms = make_gradients(4), make_uniforms(4)
    weights = ProjectedGradients().weights(gradients @ gradients.mT, uniforms)
    for k in range(MODELS):
        total = torch.zeros(SIZE, dtype=torch.float64)
        for i in range(4):
            projected = gradients[k, i].clone()
            for j in uniforms[k, i].argsort().tolist():
                other = gradients[k, j]
                if j != i and projected @ other < 0:
                    projected -= (projected @ other) / (other @ other) * other
            total += projected
        torch.testing.assert_close(weights[k] @ gradients[k], total)


def test_what_conflicts_with_the_target_is_removed_from_auxiliary_gradients() -> None:
    gradients = make_gradients(4)
    weights = ProjectedOntoTarget().weights(gradients @ gradients.mT, make_uniforms(4))
    for k in range(MODELS):
        target = gradients[k, 0]
        total = target.clone()
        for other in gradients[k, 1:]:
            total += other - min(float(other @ target), 0.0) / (target @ target) * target
        torch.testing.assert_close(weights[k] @ gradients[k], total)
        assert weights[k] @ gradients[k] @ target >= target @ target - 1e-9


@pytest.mark.parametrize("weighted", [True, False])
def test_auxiliary_gradients_count_where_they_agree_with_the_target(weighted: bool) -> None:
    gradients = make_gradients(3)
    weights = GradientSimilarity(weighted=weighted).weights(
        gradients @ gradients.mT, make_uniforms(3)
    )
    target, others = gradients[:, :1], gradients[:, 1:]
    cosines = torch.nn.functional.cosine_similarity(target, others, dim=2)
    expected = cosines.clamp(min=0) if weighted else (cosines >= 0).double()
    torch.testing.assert_close(weights[:, 1:], expected)
    assert (weights[:, 0] == 1).all()
    assert 0 < (cosines < 0).double().mean() < 1


@pytest.mark.parametrize(
    "weighting",
    [
        ImpartialGradients(),
        UnconflictingGradients(),
        ConflictAverseGradients(),
        ProjectedGradients(),
        ProjectedOntoTarget(),
        GradientSimilarity(),
    ],
    ids=lambda weighting: type(weighting).__name__,
)
def test_tasks_without_a_gradient_leave_finite_weights(weighting: GramianWeights) -> None:
    """A batch may have no case with a label of a task."""
    gradients = make_gradients(3)[:3]
    gradients[0, 1] = 0
    gradients[1, 0] = 0
    gradients[2] = 0
    weights = weighting.weights(gradients @ gradients.mT, make_uniforms(3)[:3])
    assert weights.isfinite().all()
