"""Tests of the difference between two methods: one that is believed, second opinions, `paired`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import Comparison


@hookimpl
def register_comparisons() -> Mapping[str, Callable[..., Comparison]]:
    """Offer the corrected resampled t-test, three beside it, and the one earlier work printed."""
    from lnmbench_comparisons.areas import DeLong, Placement
    from lnmbench_comparisons.posterior import Bayes
    from lnmbench_comparisons.resampled import Corrected, Paired

    return {
        "corrected": Corrected,
        "bayes": Bayes,
        "placement": Placement,
        "delong": DeLong,
        "paired": Paired,
    }
