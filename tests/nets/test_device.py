"""Selection of a device, and errors for one that does not exist or whose memory ran out."""

from __future__ import annotations

import pytest
import torch

from lnmbench.errors import UserError
from lnmbench.nets import device


def cuda(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: count > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: count)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


def test_auto_selects_a_gpu_if_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    cuda(monkeypatch, 2)
    assert str(device.select_device("auto")) == "cuda:0"
    assert str(device.select_device("cuda")) == "cuda:0"
    assert str(device.select_device("cuda:1")) == "cuda:1"
    assert str(device.select_device("cpu")) == "cpu"
    cuda(monkeypatch, 0)
    assert str(device.select_device("auto")) == "cpu"


@pytest.mark.parametrize("name", ["cuda", "cuda:1", "mps", "gpu", "meta", "cuda:-1"])
def test_a_device_that_does_not_exist_is_refused(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cuda(monkeypatch, 0)
    with pytest.raises(UserError, match=r"no such device.*expected auto \| cpu, got"):
        device.select_device(name)


def test_a_gpu_beyond_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    cuda(monkeypatch, 2)
    with pytest.raises(UserError, match="expected cuda:0 to cuda:1, got cuda:2"):
        device.select_device("cuda:2")


def test_out_of_memory_differs_from_other_errors() -> None:
    with pytest.raises(RuntimeError) as raised:
        torch.empty(2**60, dtype=torch.uint8)
    assert device.is_out_of_memory(raised.value)
    assert device.is_out_of_memory(MemoryError())
    assert not device.is_out_of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
