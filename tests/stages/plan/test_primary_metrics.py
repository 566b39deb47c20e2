"""declared: one metric is one name, however it is typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.config import read_benchmark
from lnmbench.contracts import Progress
from lnmbench.records import Choice
from lnmbench.registry import Registry
from lnmbench.stages.ingest import ingest
from lnmbench.stages.plan.primary_metrics import normalize_metrics
from lnmbench.stages.plan.resolve_benchmark import resolve

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
    with pytest.raises(UserError, match="has no parameter 'specificity'"):
        normalize_metrics(("npv:specificity=0.9",), REGISTRY)


def test_the_protocol_of_a_run_holds_each_metric_once(tmp_path: Path, silent: Progress) -> None:
    dataset = Choice(name="synthetic", parameters={"n": 60, "images": False})
    path = ingest(dataset, REGISTRY, home=tmp_path, workers=1, progress=silent)
    asked = {
        "primary": ("net_benefit:threshold=.20", "net_benefit", "auc"),
        "encoder": "none",
        "repeats": 1,
        "folds": 3,
        "inner": 2,
    }
    resolved = resolve(read_benchmark(None, asked), REGISTRY, lambda: path)
    assert resolved.plan.protocol.primary == ("net_benefit", "auc")
