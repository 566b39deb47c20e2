"""Encoders from torchvision."""

from collections.abc import Callable, Mapping

from lnmbench import hookimpl
from lnmbench.contracts import Encoder


@hookimpl
def register_encoders() -> Mapping[str, Callable[..., Encoder]]:
    """Offer the residual networks."""
    from lnmbench_torchvision.resnet import resnet

    return {name: resnet(name) for name in ("resnet18", "resnet34", "resnet50", "resnet101")}
