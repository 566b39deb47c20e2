"""torchvision's networks as sequences of stages."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile
from typing import Any, cast

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from lnmbench_torchvision.builds import torchvision_models
from lnmbench_torchvision.family import Family, Layers
from lnmbench_torchvision.layers import ChannelsFirst, ClassToken, Tokens, ToRgb


def _tokens(network: nn.Module) -> nn.Module:
    encoder = network.get_submodule("encoder")
    positions = cast(nn.Parameter, encoder.pos_embedding)
    class_token = cast(nn.Parameter, network.class_token)
    tokens = Tokens(network.get_submodule("conv_proj"), class_token, positions)
    return nn.Sequential(tokens, encoder.get_submodule("dropout"))


# what networks do in the code of their `forward`
IN_CODE: Mapping[str, Callable[[nn.Module], nn.Module]] = {
    "+average": lambda _: nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()),
    "+average_3d": lambda _: nn.Sequential(nn.AdaptiveAvgPool3d(1), nn.Flatten()),
    "+channels_first": lambda _: ChannelsFirst(),
    "+class_token": lambda _: ClassToken(),
    "+flatten": lambda _: nn.Flatten(),
    "+relu": lambda _: nn.ReLU(),
    "+tokens": _tokens,
}


def make_stages(network: nn.Module, family: Family, cut: str) -> nn.Sequential:
    """Return to_rgb, the stages up to `cut`, and pool, in eval mode.

    They map slices (B, 1, H, W), or volumes (B, 1, S, H, W), in [-1, 1] to (B, D). No stage writes
    into what it is given. The parameters are the network's own.
    """
    last = [*family.stages][-1]
    kept = [*takewhile(lambda name: name != cut, family.stages), cut]
    mean, sd = family.colors
    first = ToRgb(mean, sd, size=family.size, volumes=family.level == "volume")
    stages: OrderedDict[str, nn.Module] = OrderedDict(to_rgb=first)
    for name in kept:
        stages[name] = _layers(network, family.stages[name])
    stages["pool"] = _layers(network, family.end if cut == last else family.average)
    return nn.Sequential(stages).eval()


def make_outline(name: str) -> nn.Module:
    """Return a network without memory for its parameters (device meta), to ask for shapes."""
    models = torchvision_models()
    with _WithoutMemory():
        made: nn.Module = models.get_model(name, weights=None)
    return made.to("meta").eval()


def width(name: str, family: Family, cut: str) -> int:
    """Return the length of the features of a network cut behind a stage."""
    stages = make_stages(make_outline(name), family, cut).to("meta")
    shape = (1, 1, 1, 64, 64) if family.level == "volume" else (1, 1, 64, 64)
    with torch.inference_mode():
        return int(stages(torch.empty(shape, device="meta")).shape[1])


def _layers(network: nn.Module, layers: Layers) -> nn.Module:
    made = [IN_CODE[at](network) if at in IN_CODE else network.get_submodule(at) for at in layers]
    return made[0] if len(made) == 1 else nn.Sequential(*made)


class _WithoutMemory(TorchFunctionMode):
    """Makes parameters on the meta device; what a network computes its structure with is real."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        device = {"device": "meta"} if func is torch.empty else {}
        return func(*args, **{**(kwargs or {}), **device})
