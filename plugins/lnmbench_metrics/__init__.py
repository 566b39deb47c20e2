"""Metrics of the target, of operating points, and of auxiliary tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import Metric


@hookimpl
def register_metrics() -> Mapping[str, Callable[..., Metric]]:
    """Offer the two metrics of the paper, and those that reports of prediction models need."""
    from lnmbench_metrics import auxiliary_metrics, target_metrics, threshold_metrics

    return {
        "auc": target_metrics.auc,
        "ap": target_metrics.average_precision,
        "brier": target_metrics.brier,
        "log_loss": target_metrics.log_loss,
        "sensitivity": threshold_metrics.sensitivity,
        "specificity": threshold_metrics.specificity,
        "ppv": threshold_metrics.ppv,
        "npv": threshold_metrics.npv,
        "net_benefit": threshold_metrics.NetBenefit,
        "kappa": auxiliary_metrics.QuadraticKappa,
        "macro_auc": auxiliary_metrics.MacroAuc,
        "macro_ap": auxiliary_metrics.MacroAp,
        "c_index": auxiliary_metrics.CIndex,
        "mae": auxiliary_metrics.MeanAbsoluteError,
        "dice": auxiliary_metrics.Dice,
    }
