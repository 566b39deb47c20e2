"""Tests of the difference between two methods: `corrected`, which is believed, and `paired`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import Comparison


@hookimpl
def register_comparisons() -> Mapping[str, Callable[..., Comparison]]:
    """Offer the corrected resampled t-test, and the plain one that earlier work printed."""
    from lnmbench_tests.resampled import Corrected, Paired

    return {"corrected": Corrected, "paired": Paired}
