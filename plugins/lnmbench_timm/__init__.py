"""Every network of timm as an encoder, where timm is installed."""

from collections.abc import Callable, Mapping

from lnmbench import hookimpl
from lnmbench.contracts import Encoder


@hookimpl
def register_encoders() -> Mapping[str, Callable[..., Encoder]]:
    """Offer timm's networks by name."""
    from lnmbench_timm.encoder import timm_network

    return {"timm": timm_network}
