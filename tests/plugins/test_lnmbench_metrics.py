from __future__ import annotations

import pickle

import pytest
from lnmbench_metrics import register_metrics

from lnmbench.testing import check_contract

METRICS = {name: factory() for name, factory in sorted(register_metrics().items())}


@pytest.mark.parametrize("name", METRICS)
def test_metric_keeps_the_contract(name: str) -> None:
    metric = METRICS[name]
    check_contract("metric", metric)
    assert pickle.loads(pickle.dumps(metric)).title == metric.title
    low, high = metric.bounds
    assert low < high


def test_each_kind_of_label_has_its_metrics() -> None:
    by_kind: dict[str, set[str]] = {}
    for name, metric in METRICS.items():
        for kind in metric.kinds:
            by_kind.setdefault(kind, set()).add(name)
    binary = by_kind.pop("binary")
    assert by_kind == {
        "ordinal": {"c_index", "kappa", "macro_auc"},
        "nominal": {"macro_auc"},
        "continuous": {"mae"},
        "multilabel": {"macro_ap", "macro_auc"},
        "mask": {"dice"},
    }
    assert binary == set(METRICS) - {"c_index", "kappa", "macro_ap", "macro_auc", "mae", "dice"}
