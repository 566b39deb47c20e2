"""Division of a timm network into encoder stages that one tensor passes through.

timm lists the layers whose outputs are features (`feature_info`); the layers between two of them
are a stage. The stages are verified: for a test image, they must give the output of the network,
after random changes to all small parameters (some scales start at zero).
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from lnmbench_timm.layer_groups import candidate_stems, group_layers, stage_name
from lnmbench_timm.layers import CompleteNetwork, MeanPool, PartialNetwork, ToRgb
from lnmbench_timm.timm_api import forward_features, forward_pool, pretrained_config

TOLERANCE = 1e-4
TEST_SIZES = (32, 40)
"""Sides in pixels of test images."""
_SMALL_PARAMETER = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """An early end of a network: the width of its features, and the layer that averages maps."""

    width: int
    pool: nn.Module


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A network as named encoder stages. `cuts` is empty if it cannot be divided."""

    stages: nn.Sequential
    out_dim: int
    cuts: Mapping[str, Cut]

    def up_to(self, cut: str) -> nn.Sequential:
        """Return the stages up to `cut`, with averaged maps."""
        stages: OrderedDict[str, nn.Module] = OrderedDict()
        for name, stage in self.stages.named_children():
            stages[name] = stage
            if name == cut:
                break
        stages["pool"] = self.cuts[cut].pool
        return nn.Sequential(stages).eval()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Division:
    stages: Mapping[str, nn.Module]
    width: int
    cuts: Mapping[str, Cut]


def make_chain(network: nn.Module) -> Chain:
    """Return the encoder stages of a timm network without a classifier."""
    network.eval()
    config = pretrained_config(network)
    height, width = config["input_size"][-2:]
    fixed = bool(config.get("fixed_input_size")) or not _accepts_any_size(network)
    to_rgb = ToRgb(config["mean"], config["std"], (height, width) if fixed else None)
    image = _image((height, width) if fixed else (TEST_SIZES[-1], TEST_SIZES[-1]))
    with torch.no_grad():
        division = _divide(network, image) or _keep_in_one_stage(network, image)
    network.train()  # some networks cache results in eval mode, here of changed parameters
    stages = nn.Sequential(OrderedDict(to_rgb=to_rgb, **division.stages)).eval()
    return Chain(stages=stages, out_dim=division.width, cuts=division.cuts)


def _image(size: tuple[int, int]) -> Tensor:
    return torch.randn(1, 3, *size, generator=torch.Generator().manual_seed(0))


def _accepts_any_size(network: nn.Module) -> bool:
    complete = CompleteNetwork(network)
    try:
        with torch.no_grad():
            return all(complete(_image((side, side))).ndim == 2 for side in TEST_SIZES)
    except Exception:  # a network may raise anything for an image that is too small
        return False


def _keep_in_one_stage(network: nn.Module, image: Tensor) -> _Division:
    body = CompleteNetwork(network)
    return _Division(stages={"body": body}, width=body(image).shape[1], cuts={})


def _divide(network: nn.Module, image: Tensor) -> _Division | None:
    groups, last_layers = group_layers(network)
    if not groups:
        return None
    with _randomizing_parameters(network):
        for stem in candidate_stems(network, groups):
            try:
                return _verify(network, {**groups, "stem": stem}, last_layers, image)
            except Exception:  # layers in a wrong order may raise anything
                continue
    return None


def _verify(
    network: nn.Module,
    groups: Mapping[str, nn.Module],
    last_layers: Sequence[tuple[str, nn.Module]],
    image: Tensor,
) -> _Division:
    """Return the stages with a last one and a pool. Raises if their output is not the network's."""
    expected = forward_features(network, image)
    outputs: dict[str, Tensor] = {}
    maps = image
    for name, group in groups.items():
        outputs[name] = maps = group(maps)
    last: OrderedDict[str, nn.Module] = OrderedDict()
    for path, layer in last_layers:
        if _are_close(maps, expected):
            break
        maps = layer(maps)
        last[stage_name(path)] = layer
    stages = dict(groups)
    if last:
        stages[next(iter(last))] = nn.Sequential(last)
    stages["pool"] = _make_pool(network, stages)
    vectors = forward_pool(network, expected)
    if not (_are_close(maps, expected) and _are_close(stages["pool"](maps), vectors)):
        raise ValueError("the stages are not the network")
    return _Division(stages=stages, width=vectors.shape[1], cuts=_find_cuts(network, outputs))


def _make_pool(network: nn.Module, stages: Mapping[str, nn.Module]) -> nn.Module:
    used = {layer for stage in stages.values() for layer in stage.modules()}
    unused = [name for name, child in network.named_children() if used.isdisjoint(child.modules())]
    return PartialNetwork(network, forward_pool, names=unused, bare=True)


def _are_close(a: Tensor, b: Tensor) -> bool:
    if a.shape != b.shape:
        return False
    return bool((a - b).abs().max() <= TOLERANCE * max(1.0, float(b.abs().max())))


@contextmanager
def _randomizing_parameters(network: nn.Module) -> Iterator[None]:
    random = torch.Generator().manual_seed(0)
    small = [p for p in network.parameters() if p.ndim < 2 or p.numel() < _SMALL_PARAMETER]
    before = [parameter.detach().clone() for parameter in small]
    try:
        for parameter in small:
            parameter.add_(torch.empty_like(parameter).uniform_(-0.1, 0.1, generator=random))
        yield
    finally:
        for parameter, value in zip(small, before, strict=True):
            parameter.copy_(value)


def _find_cuts(network: nn.Module, outputs: Mapping[str, Tensor]) -> dict[str, Cut]:
    channels_last = getattr(network, "output_fmt", "NCHW") == "NHWC"
    cuts = {}
    for name, maps in outputs.items():
        if maps.ndim == 4:
            axes = (1, 2) if channels_last else (2, 3)
            cuts[name] = Cut(width=maps.shape[3 if channels_last else 1], pool=MeanPool(axes))
        elif maps.ndim == 3:
            pool = MeanPool((1,), prefix_tokens=_prefix_tokens(network, maps.shape[1]))
            cuts[name] = Cut(width=maps.shape[2], pool=pool)
    return cuts


def _prefix_tokens(network: nn.Module, tokens: int) -> int:
    """Return the number of tokens before those of the image, which form a square."""
    prefix = int(getattr(network, "num_prefix_tokens", 0))
    return prefix if math.isqrt(tokens - prefix) ** 2 == tokens - prefix else 0
