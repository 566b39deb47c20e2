from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from lnmbench_timm import hub
from lnmbench_timm.encoder import TimmNetwork, timm_network


@pytest.fixture(scope="session")
def build() -> Callable[..., TimmNetwork]:
    """Build an encoder with random weights by default; equal ones are built once."""
    pytest.importorskip("timm", reason="pip install 'lnmbench[timm]'")

    @functools.cache
    def build_once(name: str = "resnet18", seed: int = 1, **parameters: str) -> TimmNetwork:
        return timm_network(name, seed=seed, **{"weights": "random", **parameters})

    return build_once


@pytest.fixture(scope="session")
def slices() -> torch.Tensor:
    """Two slices of 70 × 70 pixels."""
    return torch.rand(2, 1, 70, 70, generator=torch.Generator().manual_seed(0)) * 2 - 1


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Empty caches of weights, and a network that cannot be reached."""
    huggingface = pytest.importorskip("huggingface_hub")
    monkeypatch.setattr(huggingface.constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    monkeypatch.setattr(huggingface.constants, "HF_HUB_OFFLINE", False)

    def unreachable(*args: object, **kwargs: object) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr(hub.urllib.request, "urlopen", unreachable)
    monkeypatch.setattr(huggingface, "hf_hub_download", unreachable)
    return tmp_path
