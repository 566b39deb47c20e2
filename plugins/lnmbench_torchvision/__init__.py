"""Encoders from torchvision."""

from collections.abc import Callable, Mapping

from lnmbench import hookimpl
from lnmbench.contracts import Encoder


@hookimpl
def register_encoders() -> Mapping[str, Callable[..., Encoder]]:
    """Offer every network that is a sequence of stages, of slices and of volumes."""
    from lnmbench_torchvision.encoder import encoder
    from lnmbench_torchvision.families import FAMILIES

    return {name: encoder(name, family) for family in FAMILIES for name in family.names}
