"""Models on the clinical features alone: classical baselines and the clinical network."""

from collections.abc import Callable, Mapping

from lnmbench import hookimpl
from lnmbench.contracts import Baseline, Encoder


@hookimpl
def register_baselines() -> Mapping[str, Callable[..., Baseline]]:
    """Offer logistic regression."""
    from lnmbench_baselines.logistic import Logistic

    return {"logistic": Logistic}


@hookimpl
def register_encoders() -> Mapping[str, Callable[..., Encoder]]:
    """Offer `none`, the network without images."""
    from lnmbench_baselines.no_images import NoImages

    return {"none": NoImages}
