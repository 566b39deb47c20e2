"""The encoder EfficientNet-Lite0, with ImageNet weights from a package."""

from collections.abc import Callable, Mapping

from lnmbench import hookimpl
from lnmbench.contracts import Encoder


@hookimpl
def register_encoders() -> Mapping[str, Callable[..., Encoder]]:
    """Offer EfficientNet-Lite0."""
    from lnmbench_efficientnet_lite.encoder import efficientnet_lite0

    return {"efficientnet_lite0": efficientnet_lite0}
