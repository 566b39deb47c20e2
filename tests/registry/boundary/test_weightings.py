from __future__ import annotations

from typing import Any

import pytest
import torch

from lnmbench.contracts import StepFeedback, StepWeights, Tunable, Weighting
from lnmbench.errors import PluginError
from lnmbench.records import WeightingStep
from lnmbench.registry.boundary import Boundary
from lnmbench.registry.boundary.weightings import guard_weighting


class Sum:
    calls = 0

    def initial_scalars(self, tasks: Any) -> Any:
        return [0.5] * len(tasks)

    def combine(self, losses: Any, scalars: Any) -> Any:
        self.calls += 1
        return losses.sum(1) - 10 + scalars.sum(1)


class Searched(Sum):
    def space(self) -> Any:
        return {"a": [1]}


def test_a_weighting_is_what_its_plugin_says(boundary: Boundary) -> None:
    plain = Sum()
    weighting = guard_weighting(plain, boundary)
    assert isinstance(weighting, Weighting)
    assert not isinstance(weighting, Tunable)
    assert weighting.initial_scalars(["target", "size"]) == (0.5, 0.5)
    assert weighting.initial_scalars(["target", "size"]) == (0.5, 0.5)
    assert plain.calls == 1, "tried once"
    losses, scalars = torch.ones(3, 2), torch.zeros(3, 2)
    assert torch.equal(weighting.combine(losses, scalars), torch.full((3,), -8.0))


def test_a_search_space_is_kept(boundary: Boundary) -> None:
    weighting = guard_weighting(Searched(), boundary)
    assert isinstance(weighting, Tunable)
    assert weighting.space() == {"a": (1,)}


def test_a_later_shape_is_checked(boundary: Boundary) -> None:
    class Later(Sum):
        def combine(self, losses: Any, scalars: Any) -> Any:
            return losses.sum() if len(losses) == 3 else super().combine(losses, scalars)

    weighting = guard_weighting(Later(), boundary)
    weighting.initial_scalars(["target"])
    with pytest.raises(PluginError, match=r"from combine .*the shape \(3,\), got the shape \(\)"):
        weighting.combine(torch.ones(3, 1), torch.zeros(3, 0))


class Adaptive(Sum):
    needs_gradients: Any = True

    def initial_state(self, tasks: Any) -> Any:
        return [0.0, 1.0]

    def weigh(self, step: Any, state: Any) -> Any:
        return step.gramians.sum(1), state + 1


def make_step(models: int) -> WeightingStep:
    ones = torch.ones(models, 2, 2)
    return WeightingStep(losses=ones[:, 0], gramians=ones, uniforms=ones, epoch=1, max_epochs=2)


def test_the_weights_of_a_step_are_what_the_plugin_says(boundary: Boundary) -> None:
    weighting = guard_weighting(Adaptive(), boundary)
    assert isinstance(weighting, StepWeights)
    assert not isinstance(weighting, StepFeedback)
    assert weighting.needs_gradients
    assert weighting.initial_state(["target", "size"]) == (0.0, 1.0)
    weights, state = weighting.weigh(make_step(3), torch.zeros(3, 2))
    assert weights.tolist() == [[2.0, 2.0]] * 3
    assert state.tolist() == [[1.0, 1.0]] * 3


def test_what_is_learned_after_a_step_is_checked(boundary: Boundary) -> None:
    class Observing(Adaptive):
        def observe(self, before: Any, after: Any, state: Any) -> Any:
            return state if len(state) == 2 else state[:1]

    weighting = guard_weighting(Observing(), boundary)
    assert isinstance(weighting, StepFeedback)
    assert weighting.observe(torch.ones(2, 2), torch.ones(2, 2), torch.zeros(2, 2)).sum() == 0
    with pytest.raises(PluginError, match=r"from observe .*the shape \(3, 2\), got"):
        weighting.observe(torch.ones(3, 2), torch.ones(3, 2), torch.zeros(3, 2))


@pytest.mark.parametrize(
    ("weigh", "message"),
    [
        (lambda step, state: step.losses, "a tuple of weights and state"),
        (lambda step, state: (step.losses.sum(1), state), r"the shape \(2, 2\), got the shape"),
        (lambda step, state: (step.losses, state[:, :1]), r"the shape \(2, 2\), got the shape"),
        (lambda step, state: (step.losses / 0, state), "finite numbers"),
    ],
)
def test_wrong_weights_are_found_before_anything_is_trained(
    weigh: Any, message: str, boundary: Boundary
) -> None:
    class Wrong(Adaptive):
        def weigh(self, step: Any, state: Any) -> Any:
            return weigh(step, state)

    with pytest.raises(PluginError, match=f"from weigh .*{message}"):
        guard_weighting(Wrong(), boundary).initial_state(["target", "size"])  # type: ignore[attr-defined]


def test_a_flag_is_true_or_false(boundary: Boundary) -> None:
    class Vague(Adaptive):
        needs_gradients = "yes"

    with pytest.raises(PluginError, match=r"from needs_gradients .*got 'yes'"):
        guard_weighting(Vague(), boundary).initial_state(["target", "size"])  # type: ignore[attr-defined]
