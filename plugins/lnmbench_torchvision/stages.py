"""torchvision's networks as sequences of encoder stages."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile
from typing import Any, cast

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from lnmbench import UserError
from lnmbench_torchvision.families import Family, Layers
from lnmbench_torchvision.layers import ChannelsFirst, ClassToken, Tokens, ToRgb

PAIRING = "pip install --upgrade --force-reinstall torch torchvision"


def _tokens(network: nn.Module) -> nn.Module:
    encoder = network.get_submodule("encoder")
    positions = cast(nn.Parameter, encoder.pos_embedding)
    class_token = cast(nn.Parameter, network.class_token)
    tokens = Tokens(network.get_submodule("conv_proj"), class_token, positions)
    return nn.Sequential(tokens, encoder.get_submodule("dropout"))


# operations in the code of the networks' `forward`
IN_CODE: Mapping[str, Callable[[nn.Module], nn.Module]] = {
    "+average": lambda _: nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()),
    "+average_3d": lambda _: nn.Sequential(nn.AdaptiveAvgPool3d(1), nn.Flatten()),
    "+channels_first": lambda _: ChannelsFirst(),
    "+class_token": lambda _: ClassToken(),
    "+flatten": lambda _: nn.Flatten(),
    "+relu": lambda _: nn.ReLU(),
    "+tokens": _tokens,
}


def import_models() -> Any:
    """Return `torchvision.models`. Raises `UserError` if torch and torchvision do not match."""
    try:
        from torchvision import models
    except (RuntimeError, ImportError, OSError) as error:
        raise UserError(
            "the builds of torch and torchvision do not match",
            expected="builds of the same release",
            got=str(error)[:100],
            then=f"run {PAIRING}",
        ) from error
    return models


def make_stages(network: nn.Module, family: Family, cut: str) -> nn.Sequential:
    """Return to_rgb, the stages up to `cut`, and pool, in eval mode.

    They map slices (B, 1, H, W) or volumes (B, 1, S, H, W) in [-1, 1] to (B, D). No stage changes
    its input. The parameters are shared with the network.

    Parameters
    ----------
    network
        Network of torchvision.
    family
        Its structure.
    cut
        Last encoder stage to keep.
    """
    last = [*family.stages][-1]
    names = [*takewhile(lambda name: name != cut, family.stages), cut]
    mean, sd = family.colors
    to_rgb = ToRgb(mean, sd, size=family.size, volumes=family.level == "volume")
    stages: OrderedDict[str, nn.Module] = OrderedDict(to_rgb=to_rgb)
    for name in names:
        stages[name] = _find_layers(network, family.stages[name])
    stages["pool"] = _find_layers(network, family.end if cut == last else family.average)
    return nn.Sequential(stages).eval()


def make_outline(name: str) -> nn.Module:
    """Return a network on the meta device, without memory for its parameters, to compute shapes."""
    models = import_models()
    with _WithoutMemory():
        network: nn.Module = models.get_model(name, weights=None)
    return network.to("meta").eval()


def feature_width(name: str, family: Family, cut: str) -> int:
    """Return the length of the feature vectors of a network up to the stage `cut`.

    Parameters
    ----------
    name
        Name of the network in torchvision.
    family
        Its structure.
    cut
        Last encoder stage to keep.

    Returns
    -------
    int
        D of the features (B, D), computed without memory for parameters or features.
    """
    stages = make_stages(make_outline(name), family, cut).to("meta")
    shape = (1, 1, 1, 64, 64) if family.level == "volume" else (1, 1, 64, 64)
    with torch.inference_mode():
        return int(stages(torch.empty(shape, device="meta")).shape[1])


def _find_layers(network: nn.Module, layers: Layers) -> nn.Module:
    modules = [
        IN_CODE[path](network) if path in IN_CODE else network.get_submodule(path)
        for path in layers
    ]
    return modules[0] if len(modules) == 1 else nn.Sequential(*modules)


class _WithoutMemory(TorchFunctionMode):
    """A mode that creates parameters on the meta device, and all other tensors in memory."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        device = {"device": "meta"} if func is torch.empty else {}
        return func(*args, **{**(kwargs or {}), **device})
