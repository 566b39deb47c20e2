"""Foundation models of CT as encoders, with weights from a file of the user."""

from collections.abc import Callable, Mapping

from lnmbench import hookimpl
from lnmbench.contracts import Encoder


@hookimpl
def register_encoders() -> Mapping[str, Callable[..., Encoder]]:
    """Offer pretrained networks of volumes, each with its own grid."""
    from lnmbench_foundation.encoder import ctfm, fmcib, medicalnet, merlin, suprem

    return {
        "fmcib": fmcib,
        "ctfm": ctfm,
        "merlin": merlin,
        "suprem": suprem,
        "medicalnet": medicalnet,
    }
