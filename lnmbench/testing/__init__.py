"""Tests for authors of plugins: contract checks and sample data.

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

__all__ = [
    "check_contract",
    "contract_checks",
    "parametrize_with_contract_checks",
    "sample_cohort",
]
