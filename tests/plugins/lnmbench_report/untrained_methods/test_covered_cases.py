"""Methods that are not trained, and their cases."""

from __future__ import annotations

from lnmbench_report.untrained_methods.covered_cases import (
    covered_cases,
    trained_methods,
    untrained_methods,
)

from lnmbench.records import Results
from lnmbench.results import complete_methods
from lnmbench.testing.sample_results import sample_results


def test_readers_are_apart_from_trained_methods(readers: Results) -> None:
    assert {r.method.label: int(covered_cases(r).sum()) for r in untrained_methods(readers)} == {
        "software": 200,
        "rating": 150,
        "first": 200,
        "second": 200,
        "third": 100,
    }
    assert [r.method.label for r in trained_methods(readers)] == [
        "resnet50 + pt",
        "resnet50",
        "logistic",
    ]


def test_only_rankings_of_all_cases_are_in_other_tables(readers: Results) -> None:
    labels = [result.method.label for result in complete_methods(readers)]
    assert labels == ["resnet50 + pt", "resnet50", "logistic", "software"]


def test_controls_are_not_compared_with_readers() -> None:
    labels = [result.method.label for result in trained_methods(sample_results())]
    assert labels == ["resnet50 + pt", "resnet50", "logistic"]
