"""lnmbench: does an auxiliary task make lymph node metastasis prediction better?

Plugins need three things from here: `hookimpl`, the records, and `UserError`.
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
