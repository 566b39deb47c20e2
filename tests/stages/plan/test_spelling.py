"""The spelling of a choice: one for all ways to write it."""

from __future__ import annotations

import pytest

from lnmbench.choices import parse
from lnmbench.registry import Registry
from lnmbench.stages.plan.spelling import spell

REGISTRY = Registry()


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("npv:sensitivity=.80", "npv:sensitivity=0.8"),
        (" npv : sensitivity = 8e-1 ", "npv:sensitivity=0.8"),
        ("npv:sensitivity=0.9", "npv"),
        ("npv", "npv"),
    ],
)
def test_a_metric_has_one_spelling(written: str, spelled: str) -> None:
    assert spell(REGISTRY.metrics.select(parse(written))) == spelled
