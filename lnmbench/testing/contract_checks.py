"""Named contract checks of each role; authors of plugins run them on their own objects."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from lnmbench.records import Cohort
from lnmbench.testing import data_checks as data
from lnmbench.testing import evaluation_checks as evaluation
from lnmbench.testing import network_checks as network
from lnmbench.testing import returned_values as returned
from lnmbench.testing.sample_cohort import sample_cohort

if TYPE_CHECKING:
    import pytest

ContractCheck = Callable[..., None]
"""Raises `AssertionError` if an object breaks its contract; takes the object and a cohort."""

_CHECKS: Mapping[str, Sequence[ContractCheck]] = {
    "dataset": (
        data.check_dataset_case_order,
        data.check_dataset_values,
        data.check_dataset_card,
        data.check_dataset_sources,
        returned.check_dataset_returns,
    ),
    "report reader": (
        data.check_report_reader_empty_report,
        data.check_report_reader_findings,
        returned.check_report_reader_returns,
    ),
    "feature extractor": (
        data.check_feature_extractor_columns,
        data.check_feature_extractor_repeats,
        returned.check_feature_extractor_returns,
    ),
    "target": (returned.check_target_returns,),
    "encoder": (
        network.check_encoder_output_shape,
        network.check_encoder_eval_mode,
        network.check_encoder_batch_independence,
        network.check_encoder_precomputed_features,
        returned.check_encoder_returns,
    ),
    "aux task": (
        network.check_aux_task_targets,
        network.check_aux_task_loss_shape,
        network.check_aux_task_model_axis,
        network.check_aux_task_gradients,
        network.check_aux_task_probabilities,
        network.check_aux_task_examples,
        network.check_aux_task_head,
        network.check_aux_task_needs,
        network.check_aux_task_control,
        network.check_aux_task_target,
        network.check_aux_task_notes,
        network.check_search_space,
        returned.check_aux_task_returns,
    ),
    "weighting": (
        network.check_weighting_shape,
        network.check_weighting_model_independence,
        network.check_weighting_step_independence,
        network.check_search_space,
        returned.check_weighting_returns,
    ),
    "baseline": (
        returned.check_baseline_candidates,
        returned.check_baseline_probabilities,
        returned.check_fixed_predictions,
    ),
    "metric": (
        evaluation.check_metric_direction,
        returned.check_metric_returns,
    ),
    "comparison": (
        evaluation.check_comparison_interval,
        evaluation.check_comparison_pickle,
        evaluation.check_comparison_probabilities,
        evaluation.check_comparison_of_equal_methods,
    ),
    "check": (evaluation.check_numbered_check_texts,),
    "executor": (),
    "section": (),
}


def contract_checks(role: str) -> Sequence[ContractCheck]:
    """Return the checks of a role (`encoder`, `aux task`, …); a check's name is its `__name__`.

    Examples
    --------
    >>> [check.__name__ for check in contract_checks("target")]
    ['check_target_returns']
    """
    if role not in _CHECKS:
        raise ValueError(f"unknown role {role!r}, expected one of {', '.join(_CHECKS)}")
    return _CHECKS[role]


def check_contract(role: str, instance: object, *, cohort: Cohort | None = None) -> None:
    """Run all checks of a role on one object.

    Parameters
    ----------
    role
        The role, e.g. `encoder` or `aux task`.
    instance
        The object to check.
    cohort
        Cohort for targets and auxiliary tasks; by default `sample_cohort()`.

    Raises
    ------
    AssertionError
        For the first check that fails.
    """
    for check in contract_checks(role):
        check(instance, sample_cohort() if cohort is None else cohort)


def parametrize_with_contract_checks(
    role: str,
    instances: Iterable[object],
    *,
    cohort: Cohort | None = None,
    expected_failures: Mapping[str, str] | None = None,
) -> pytest.MarkDecorator:
    """Return a decorator that runs a test once for each object and check.

    The test gets the argument `contract_check`, a function without arguments:

    >>> @parametrize_with_contract_checks("metric", [])
    ... def test_contract(contract_check):
    ...     contract_check()

    Parameters
    ----------
    role
        The role, e.g. `encoder` or `aux task`.
    instances
        The objects to check, or classes that can be built without arguments.
    cohort
        Cohort for targets and auxiliary tasks; by default `sample_cohort()`.
    expected_failures
        The reason for each check, by name, that is expected to fail; it fails if it passes.

    Raises
    ------
    ValueError
        For an unknown role or an unknown check.
    """
    import pytest

    reasons = dict(expected_failures or {})
    names = [check.__name__ for check in contract_checks(role)]
    unknown = [name for name in reasons if name not in names]
    if unknown:
        raise ValueError(f"unknown check {unknown[0]!r}, expected one of {', '.join(names)}")
    return pytest.mark.parametrize(
        "contract_check",
        [
            pytest.param(
                partial(_run, check, instance, cohort),
                id=f"{_name(instance)}-{check.__name__}",
                marks=_expected_failure(reasons.get(check.__name__)),
            )
            for instance in instances
            for check in contract_checks(role)
        ],
    )


def _run(check: ContractCheck, instance: object, cohort: Cohort | None) -> None:
    checked = instance() if inspect.isclass(instance) else instance
    check(checked, sample_cohort() if cohort is None else cohort)


def _name(instance: object) -> str:
    return instance.__name__ if inspect.isclass(instance) else type(instance).__name__


def _expected_failure(reason: str | None) -> Sequence[pytest.MarkDecorator]:
    import pytest

    return () if reason is None else (pytest.mark.xfail(reason=reason, strict=True),)
