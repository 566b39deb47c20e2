from __future__ import annotations

from typing import Any

import pytest
import torch

from lnmbench.contracts import Tunable, Weighting
from lnmbench.errors import PluginError
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
