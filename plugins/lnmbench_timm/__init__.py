"""Networks of timm as encoders; timm is an optional dependency."""

from collections.abc import Callable, Mapping

from lnmbench import hookimpl
from lnmbench.contracts import Encoder


@hookimpl
def register_encoders() -> Mapping[str, Callable[..., Encoder]]:
    """Offer timm's networks by name."""
    from lnmbench_timm.encoder import timm_network

    return {"timm": timm_network}
