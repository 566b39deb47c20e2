"""Embeddings: features of cases or slices that other software computed."""

from collections.abc import Callable, Mapping

from lnmbench import hookimpl
from lnmbench.contracts import Encoder


@hookimpl
def register_encoders() -> Mapping[str, Callable[..., Encoder]]:
    """Offer features of a file."""
    from lnmbench_embeddings.encoder import Embeddings

    return {"embeddings": Embeddings}
