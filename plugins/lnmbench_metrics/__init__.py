"""Scores of predictions: discrimination, probability, operating points, utility, aux tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import Metric


@hookimpl
def register_metrics() -> Mapping[str, Callable[..., Metric]]:
    """Offer the two metrics of the paper, and those that reports of prediction models need."""
    from lnmbench_metrics import auxiliary, discrimination, operating, probability, utility

    return {
        "auc": discrimination.Auc,
        "ap": discrimination.AveragePrecision,
        "brier": probability.Brier,
        "log_loss": probability.LogLoss,
        "sensitivity": operating.sensitivity,
        "specificity": operating.specificity,
        "ppv": operating.ppv,
        "npv": operating.npv,
        "net_benefit": utility.NetBenefit,
        "kappa": auxiliary.QuadraticKappa,
        "macro_auc": auxiliary.MacroAuc,
        "mae": auxiliary.MeanAbsoluteError,
        "dice": auxiliary.Dice,
    }
