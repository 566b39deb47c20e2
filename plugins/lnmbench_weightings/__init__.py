"""Weightings: combinations of the losses of target and auxiliary tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lnmbench.contracts import Weighting


@hookimpl
def register_weightings() -> Mapping[str, Callable[..., Weighting]]:
    """Offer the weightings of this package."""
    from lnmbench_weightings.fixed_weights import FixedWeights

    return {"fixed": FixedWeights}
