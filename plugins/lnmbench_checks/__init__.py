"""Numbered methodological checks of a run."""

from collections.abc import Callable, Mapping

from lnmbench import hookimpl
from lnmbench.contracts import Check


@hookimpl
def register_checks() -> Mapping[str, Callable[..., Check]]:
    """Offer the checks; a number is never given to another check."""
    from lnmbench_checks.events import TooFewEvents
    from lnmbench_checks.significance import NotBorneOut

    return {"LNM004": TooFewEvents, "LNM007": NotBorneOut}
