"""Statistical tests of the difference between two methods."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import Comparison


@hookimpl
def register_comparisons() -> Mapping[str, Callable[..., Comparison]]:
    """Offer the primary test, four exploratory ones, and the test of earlier publications."""
    from lnmbench_comparisons.auc_tests import Bootstrap, DeLong, Placement
    from lnmbench_comparisons.posterior import Bayes
    from lnmbench_comparisons.t_tests import CorrectedTest, PairedTest

    return {
        "corrected": CorrectedTest,
        "bayes": Bayes,
        "placement": Placement,
        "delong": DeLong,
        "bootstrap": Bootstrap,
        "paired": PairedTest,
    }
