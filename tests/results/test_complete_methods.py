"""Methods that tables and figures list."""

from __future__ import annotations

from dataclasses import replace

from lnmbench.records import Method, MethodResult, Results
from lnmbench.results import complete_methods, method_labels
from lnmbench.testing.sample_results import (
    CONTROL,
    LOGISTIC,
    MULTI_TASK,
    SINGLE_TASK,
    empty_results,
)

FIXED = replace(LOGISTIC, label="reader", trained=False)


def make_results(*methods: Method, units_done: int = 20) -> Results:
    """Return results in which the first method has some of its 20 units."""
    method_results = tuple(
        MethodResult(method=method, units_done=20 if number else units_done, units_all=20)
        for number, method in enumerate(methods)
    )
    return replace(empty_results(), method_results=method_results)


def listed(results: Results) -> list[Method]:
    return [result.method for result in complete_methods(results)]


def test_methods_without_some_units_are_not_listed() -> None:
    assert listed(make_results(SINGLE_TASK, MULTI_TASK)) == [SINGLE_TASK, MULTI_TASK]
    assert listed(make_results(SINGLE_TASK, MULTI_TASK, units_done=3)) == [MULTI_TASK]


def test_calls_and_methods_that_lack_cases_are_not_listed() -> None:
    calls, partial = replace(FIXED, scale="call"), replace(FIXED, partial=True)
    assert listed(make_results(LOGISTIC, calls, partial)) == [LOGISTIC]


def test_every_method_has_its_label() -> None:
    labels = method_labels(make_results(CONTROL, LOGISTIC, units_done=0))
    assert labels == {CONTROL.fingerprint: CONTROL.label, LOGISTIC.fingerprint: LOGISTIC.label}
