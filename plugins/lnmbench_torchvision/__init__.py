"""Encoders from torchvision."""

from collections.abc import Callable, Mapping

from lnmbench import hookimpl
from lnmbench.contracts import Encoder


@hookimpl
def register_encoders() -> Mapping[str, Callable[..., Encoder]]:
    """Offer the networks that are a sequence of stages, for slices and for volumes."""
    from lnmbench_torchvision.encoder import make_factory
    from lnmbench_torchvision.families import FAMILIES

    return {name: make_factory(name, family) for family in FAMILIES for name in family.names}
