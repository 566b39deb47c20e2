"""Memory and precision: numbers for what was left open, and workers that share."""

from __future__ import annotations

import pytest
import torch

from lnmbench import environment
from lnmbench.errors import UserError
from lnmbench.nets import device
from lnmbench.records import Choice, Precision, Resources, Training
from lnmbench.registry import Registry
from lnmbench.stages.plan.resources import resolve_precision, resolve_resources, share_resources

ON_CPU, ON_GPU = Resources(device="cpu"), Resources(device="cuda:0")


def test_half_of_the_machine_unless_a_budget_is_named() -> None:
    found = resolve_resources(ON_CPU).memory_gb
    assert found == pytest.approx(environment.memory_bytes() / 2e9)
    assert resolve_resources(Resources(device="cpu", memory_gb=1.5)).memory_gb == 1.5


@pytest.mark.parametrize("memory", [0.0, -1.0, float("nan"), float("inf")])
def test_memory_that_is_none(memory: float) -> None:
    with pytest.raises(UserError, match="--memory.*positive number"):
        resolve_resources(Resources(device="cpu", memory_gb=memory))


def test_workers_share_the_memory() -> None:
    budget, executors = Resources(memory_gb=8.0), Registry().executors
    four = executors.bind(Choice(name="processes", parameters={"workers": 4}))
    assert share_resources(budget, four).memory_gb == 2.0
    assert share_resources(budget, executors.bind(Choice(name="inline"))) == budget


def test_precision_is_that_of_the_device_where_an_encoder_is_trained(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(device, "supports_bfloat16", lambda where: where.type == "cuda")

    def chosen(asked: Precision, trained_from: str, on: Resources, *, encodes: bool = True) -> str:
        settings = Training(precision=asked)
        resolved = resolve_precision(
            settings, encodes=encodes, trained_from=trained_from, resources=on
        )
        return resolved.precision

    assert chosen("auto", "all", ON_GPU) == "bfloat16_trained"
    assert chosen("auto", "all", ON_CPU) == "float32"
    assert chosen("auto", "none", ON_GPU) == "float32", "features are shared between machines"
    for trained_from in ("none", "layer4"):
        assert chosen("bfloat16", trained_from, ON_CPU) == "bfloat16"
    assert chosen("bfloat16_trained", "layer4", ON_CPU) == "bfloat16_trained"
    assert chosen("bfloat16_trained", "none", ON_CPU) == "float32"
    assert chosen("bfloat16", "none", ON_CPU, encodes=False) == "float32"


@pytest.mark.skipif(torch.cuda.is_available(), reason="this GPU may have bfloat16 arithmetic")
def test_bfloat16_is_refused_on_a_device_without_it() -> None:
    for asked, trained_from in (("bfloat16", "none"), ("bfloat16_trained", "all")):
        with pytest.raises(UserError, match=r"precision: cuda:0 has no bfloat16.*auto \| float32"):
            resolve_precision(
                Training(precision=asked),
                encodes=True,
                trained_from=trained_from,
                resources=ON_GPU,
            )
