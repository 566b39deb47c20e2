"""Primary metrics: one metric has one name, in whatever spelling."""

from __future__ import annotations

import pytest

from lnmbench import UserError
from lnmbench.registry import Registry
from lnmbench.stages.plan.primary_metrics import normalize_margins, normalize_metrics

REGISTRY = Registry()


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (("net_benefit", "net_benefit:threshold=0.2"), ("net_benefit",)),
        (("npv:sensitivity=.95", "npv:sensitivity=0.950"), ("npv:sensitivity=0.95",)),
        (("ap", "npv:sensitivity=9e-1", "auc", "ap"), ("ap", "npv", "auc")),
        (("npv:sensitivity=0.8", "npv"), ("npv:sensitivity=0.8", "npv")),
    ],
)
def test_one_metric_has_one_spelling(asked: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert normalize_metrics(asked, REGISTRY) == expected
    assert normalize_metrics(expected, REGISTRY) == expected


def test_what_is_not_there_is_refused() -> None:
    with pytest.raises(UserError, match="unknown metric 'aucc'"):
        normalize_metrics(("aucc",), REGISTRY)
    with pytest.raises(UserError, match="unknown parameter 'specificity' of metric npv"):
        normalize_metrics(("npv:specificity=0.9",), REGISTRY)
    with pytest.raises(UserError, match="metric kappa cannot be primary: expected one that scores"):
        normalize_metrics(("kappa",), REGISTRY)


def test_margins_are_those_of_primary_metrics_in_their_order() -> None:
    written = (("brier", 0.01), ("npv:sensitivity=.90", 0.05), ("brier", 0.01))
    primary = ("auc", "npv", "brier")
    assert normalize_margins(written, primary, REGISTRY) == (("npv", 0.05), ("brier", 0.01))
    assert normalize_margins((("log_loss", 3.0),), ("log_loss",), REGISTRY), "no upper bound"


@pytest.mark.parametrize(
    ("margins", "message"),
    [
        ((("aucc", 0.02),), "unknown metric 'aucc'"),
        ((("brier", 0.02),), "brier, which is not primary: expected a primary metric: auc, ap"),
        ((("auc", 0.02), ("auc", 0.03)), "two margins for metric auc: expected one, got 0.02 and"),
        ((("auc", 2.0),), "margin for metric auc is as large as its range: expected less than 1"),
        ((("kappa", 0.1),), "metric kappa cannot be primary"),
    ],
)
def test_a_margin_that_means_nothing_is_refused(
    margins: tuple[tuple[str, float], ...], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        normalize_margins(margins, ("auc", "ap"), REGISTRY)


def test_a_primary_metric_scores_the_kind_of_the_target() -> None:
    assert normalize_metrics(["macro_auc"], REGISTRY, "multilabel") == ("macro_auc",)
    assert normalize_metrics(["c_index", "kappa"], REGISTRY, "ordinal") == ("c_index", "kappa")
    with pytest.raises(UserError, match="auc cannot be primary.*multilabel.*--primary macro_auc"):
        normalize_metrics(["auc"], REGISTRY, "multilabel")
