"""Takes a network of timm apart into stages that one tensor passes through, where it can be.

timm names the layers whose outputs are features (`feature_info`); what stands between two of them
is a stage. Whether the stages in a row are the network is not taken on trust: they must give what
the network itself gives for an image, with all small parameters (scales that start at zero) shaken.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from lnmbench_timm.groups import groups_of, name_of, stems_of
from lnmbench_timm.layers import Mean, Rest, ToRgb, Whole
from lnmbench_timm.network import features, pooled, record

TOLERANCE = 1e-4
SMALLEST = (32, 40)
_SMALL = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Where a network can end early: the width of its features there, and what averages them."""

    width: int
    pool: nn.Module


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A network as named stages. `cuts` is empty where it is no plain chain."""

    stages: nn.Sequential
    out_dim: int
    cuts: Mapping[str, Cut]

    def up_to(self, cut: str) -> nn.Sequential:
        """Return the stages up to this one, its maps averaged."""
        kept: OrderedDict[str, nn.Module] = OrderedDict()
        for name, stage in self.stages.named_children():
            kept[name] = stage
            if name == cut:
                break
        kept["pool"] = self.cuts[cut].pool
        return nn.Sequential(kept).eval()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    parts: Mapping[str, nn.Module]
    width: int
    cuts: Mapping[str, Cut]


def chain_of(network: nn.Module) -> Chain:
    """Return the stages of a network of timm that was made without a classifier."""
    network.eval()
    own = record(network)
    height, width = own["input_size"][-2:]
    fixed = bool(own.get("fixed_input_size")) or not _takes_any_size(network)
    to_rgb = ToRgb(own["mean"], own["std"], (height, width) if fixed else None)
    image = _image((height, width) if fixed else (SMALLEST[-1], SMALLEST[-1]))
    with torch.no_grad():
        found = _plain_chain(network, image) or _whole(network, image)
    network.train()  # some networks keep what they computed in eval mode, here of shaken numbers
    stages = nn.Sequential(OrderedDict(to_rgb=to_rgb, **found.parts)).eval()
    return Chain(stages=stages, out_dim=found.width, cuts=found.cuts)


def _image(size: tuple[int, int]) -> Tensor:
    return torch.randn(1, 3, *size, generator=torch.Generator().manual_seed(0))


def _takes_any_size(network: nn.Module) -> bool:
    whole = Whole(network)
    try:
        with torch.no_grad():
            return all(whole(_image((side, side))).ndim == 2 for side in SMALLEST)
    except Exception:  # of too small an image a network complains in any way it likes
        return False


def _whole(network: nn.Module, image: Tensor) -> _Parts:
    body = Whole(network)
    return _Parts(parts={"body": body}, width=body(image).shape[1], cuts={})


def _plain_chain(network: nn.Module, image: Tensor) -> _Parts | None:
    groups, after = groups_of(network)
    if not groups:
        return None
    with _shaken(network):
        for stem in stems_of(network, groups):
            try:
                return _checked(network, {**groups, "stem": stem}, after, image)
            except Exception:  # layers in a wrong order fail in any way they like
                continue
    return None


def _checked(
    network: nn.Module,
    parts: Mapping[str, nn.Module],
    after: Sequence[tuple[str, nn.Module]],
    image: Tensor,
) -> _Parts:
    """Return the stages with a last one and a pool; raise if together they are not the network."""
    wanted = features(network, image)
    outputs: dict[str, Tensor] = {}
    maps = image
    for name, part in parts.items():
        outputs[name] = maps = part(maps)
    last: OrderedDict[str, nn.Module] = OrderedDict()
    for path, layer in after:
        if _same(maps, wanted):
            break
        maps = layer(maps)
        last[name_of(path)] = layer
    made = dict(parts)
    if last:
        made[next(iter(last))] = nn.Sequential(last)
    made["pool"] = _pool(network, made)
    vectors = pooled(network, wanted)
    if not (_same(maps, wanted) and _same(made["pool"](maps), vectors)):
        raise ValueError("no plain chain")
    return _Parts(parts=made, width=vectors.shape[1], cuts=_cuts(network, outputs))


def _pool(network: nn.Module, parts: Mapping[str, nn.Module]) -> nn.Module:
    used = {layer for part in parts.values() for layer in part.modules()}
    kept = [name for name, child in network.named_children() if used.isdisjoint(child.modules())]
    return Rest(network, pooled, kept=kept, bare=True)


def _same(a: Tensor, b: Tensor) -> bool:
    if a.shape != b.shape:
        return False
    return bool((a - b).abs().max() <= TOLERANCE * max(1.0, float(b.abs().max())))


@contextmanager
def _shaken(network: nn.Module) -> Iterator[None]:
    random = torch.Generator().manual_seed(0)
    small = [p for p in network.parameters() if p.ndim < 2 or p.numel() < _SMALL]
    before = [parameter.detach().clone() for parameter in small]
    try:
        for parameter in small:
            parameter.add_(torch.empty_like(parameter).uniform_(-0.1, 0.1, generator=random))
        yield
    finally:
        for parameter, value in zip(small, before, strict=True):
            parameter.copy_(value)


def _cuts(network: nn.Module, outputs: Mapping[str, Tensor]) -> dict[str, Cut]:
    last = getattr(network, "output_fmt", "NCHW") == "NHWC"
    cuts = {}
    for name, maps in outputs.items():
        if maps.ndim == 4:
            axes = (1, 2) if last else (2, 3)
            cuts[name] = Cut(width=maps.shape[3 if last else 1], pool=Mean(axes))
        elif maps.ndim == 3:
            pool = Mean((1,), first=_prefix(network, maps.shape[1]))
            cuts[name] = Cut(width=maps.shape[2], pool=pool)
    return cuts


def _prefix(network: nn.Module, tokens: int) -> int:
    """Return how many tokens stand before those of the image, which form a square."""
    own = int(getattr(network, "num_prefix_tokens", 0))
    return own if math.isqrt(tokens - own) ** 2 == tokens - own else 0
