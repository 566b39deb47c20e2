"""Benchmark of auxiliary tasks for the prediction of lymph node metastasis.

Plugins import `hookimpl`, the records and `UserError` from this module.
"""

import pluggy

from lnmbench.errors import UserError
from lnmbench.records import Card, Case, Cohort, Column, Label, Pair, TestResult, Volume, Weights

hookimpl = pluggy.HookimplMarker("lnmbench")

__all__ = [
    "Card",
    "Case",
    "Cohort",
    "Column",
    "Label",
    "Pair",
    "TestResult",
    "UserError",
    "Volume",
    "Weights",
    "hookimpl",
]
