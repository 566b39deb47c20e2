from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench.registry import Registry
from lnmbench.testing import (
    check_contract,
    contract_checks,
    parametrize_with_contract_checks,
    sample_cohort,
)


class Squared:
    """Mean squared error that claims to be better the greater it is."""

    title, greater_is_better = "error", True
    kinds, bounds = ("binary",), (0.0, 1.0)

    def __call__(self, truth, predicted):
        return float(((truth - predicted) ** 2).mean())


class Age:
    """A target that needs the column age of its cohort."""

    title = "older than 60"

    def labels(self, cohort):
        return (cohort.values["age"] > 60).astype(float)

    def notes(self, cohort):
        return ()


@parametrize_with_contract_checks(
    "metric", [Squared(), Squared], expected_failures={"check_metric_direction": "it is an error"}
)
def test_an_author_lists_expected_failures(contract_check) -> None:
    contract_check()


@parametrize_with_contract_checks("target", [Age], cohort=sample_cohort(n=8))
def test_a_class_is_built_when_its_test_runs(contract_check) -> None:
    contract_check()


def test_tests_are_named_by_object_and_check() -> None:
    mark = parametrize_with_contract_checks("target", [Age]).mark
    assert [param.id for param in mark.args[1]] == ["Age-check_target_returns"]


def test_every_check_is_documented_and_named_once() -> None:
    for role in (role.name for role in Registry().roles):
        checks = contract_checks(role)
        assert len({check.__name__ for check in checks}) == len(checks)
        assert all((check.__doc__ or "").startswith("Check that") for check in checks)


def test_every_check_is_in_the_docs() -> None:
    docs = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text(encoding="utf-8")
    for role in (role.name for role in Registry().roles):
        for check in contract_checks(role):
            assert f"`{check.__name__}`" in docs


def test_unknown_roles_and_checks_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown role 'encodr', expected one of dataset"):
        check_contract("encodr", Squared())
    with pytest.raises(ValueError, match="unknown check 'check_x', expected one of check_metric_d"):
        parametrize_with_contract_checks("metric", [], expected_failures={"check_x": "?"})


def test_the_first_check_that_fails_is_raised() -> None:
    with pytest.raises(AssertionError, match="wrong way round"):
        check_contract("metric", Squared(), cohort=sample_cohort())
