"""Weightings of planned networks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from lnmbench.records import Choice, NetworkMethod
from lnmbench.registry import Registry
from lnmbench.stages.plan.weighting import TasksAlone, build_weighting
from lnmbench.testing import check_contract


def test_without_auxiliary_tasks_the_loss_is_the_target_s(
    make_network: Callable[..., NetworkMethod], planted_registry: Registry
) -> None:
    weighting = build_weighting(make_network(), planted_registry)
    losses = torch.tensor([[0.5], [0.25]])
    assert weighting.initial_scalars(["target"]) == ()
    assert weighting.combine(losses, torch.zeros(2, 0)).tolist() == [0.5, 0.25]
    task = Choice(name="sex", parameters={"smooth": 0.0})
    weighting = build_weighting(make_network(task), planted_registry)
    check_contract("weighting", weighting)
    both = weighting.combine(torch.tensor([[0.5, 0.25]]), torch.zeros(1, 0))
    assert both.tolist() == pytest.approx([0.75])


def test_tasks_alone_leave_out_the_target() -> None:
    weighting = TasksAlone()
    losses = torch.tensor([[9.0, 0.25, 0.5], [7.0, 0.0, 0.125]])
    assert weighting.initial_scalars(["target", "a", "b"]) == ()
    assert weighting.combine(losses, torch.zeros(2, 0)).tolist() == [0.75, 0.125]
