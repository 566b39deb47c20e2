"""Scores of a fold's predictions: `auc` and `ap`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import Metric


@hookimpl
def register_metrics() -> Mapping[str, Callable[..., Metric]]:
    """Offer the two metrics of the paper."""
    from lnmbench_metrics.discrimination import Auc, AveragePrecision

    return {"auc": Auc, "ap": AveragePrecision}
