"""Primary metrics: one metric has one name, in whatever spelling."""

from __future__ import annotations

import pytest

from lnmbench import UserError
from lnmbench.registry import Registry
from lnmbench.stages.plan.primary_metrics import normalize_metrics

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
