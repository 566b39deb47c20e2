"""Methods of a benchmark over a small cohort."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lnmbench import Cohort
from lnmbench.config import read_benchmark
from lnmbench.records import Resources
from lnmbench.registry import Registry
from lnmbench.stages.plan.method_selections import select_methods
from lnmbench.stages.plan.methods import resolve_methods

REGISTRY = Registry()


@pytest.fixture(scope="session")
def resolve_labels() -> Callable[..., list[str]]:
    """A function that returns the labels of a benchmark's methods over a cohort."""
    return _resolve_labels


def _resolve_labels(cohort: Cohort, **options: object) -> list[str]:
    benchmark = read_benchmark(None, options)
    selections = select_methods(benchmark, REGISTRY)
    methods, failures = resolve_methods(selections, benchmark, REGISTRY, cohort, Resources())
    assert failures == ()
    return [resolved.method.label for resolved in methods]
