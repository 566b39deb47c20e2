"""Classical models on features of CT images: pooled features of an encoder, or learned ones."""

from collections.abc import Callable, Mapping

from lnmbench import hookimpl
from lnmbench.contracts import ImageBaseline


@hookimpl
def register_baselines() -> Mapping[str, Callable[..., ImageBaseline]]:
    """Offer models on pooled features of an encoder, and on features learned from other tasks."""
    from lnmbench_image_baselines.pooled import Pooled
    from lnmbench_image_baselines.two_stage import TwoStage

    return {"pooled": Pooled, "two_stage": TwoStage}
