"""Tests for authors of plugins: contract checks, a sample cohort and sample results.

Examples
--------
>>> from lnmbench.records import Choice
>>> from lnmbench.registry import Registry
>>> check_contract("metric", Registry().metrics.build(Choice(name="auc")))
"""

from lnmbench.testing.contract_checks import (
    check_contract,
    contract_checks,
    parametrize_with_contract_checks,
)
from lnmbench.testing.sample_cohort import sample_cohort
from lnmbench.testing.sample_outcomes import sample_outcome_results
from lnmbench.testing.sample_results import (
    SAMPLE_METHODS,
    empty_results,
    sample_network,
    sample_predictions,
    sample_results,
)

__all__ = [
    "SAMPLE_METHODS",
    "check_contract",
    "contract_checks",
    "empty_results",
    "parametrize_with_contract_checks",
    "sample_cohort",
    "sample_network",
    "sample_outcome_results",
    "sample_predictions",
    "sample_results",
]
