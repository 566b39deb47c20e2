"""Benchmark of auxiliary tasks for the prediction of lymph node metastasis.

Plugins import `hookimpl`, the records and `UserError` from this module; scripts and notebooks call
`run`, `dry_run`, `estimator` and `read`. Their modules are imported when they are first used: the
command line must handle Ctrl-C before it imports anything.
"""

TYPE_CHECKING = False  # the module typing takes longer to import than this one

if TYPE_CHECKING:
    from lnmbench.api import DryRun, RunResults, RunSettings, dry_run, read, run
    from lnmbench.errors import UserError
    from lnmbench.estimators import Estimator, estimator
    from lnmbench.hookspecs import hookimpl
    from lnmbench.records import (
        Card,
        Case,
        Cohort,
        Column,
        Label,
        Pair,
        TestResult,
        Volume,
        Weights,
    )
    from lnmbench.stages.plan import FailedMethods

__all__ = [
    "Card",
    "Case",
    "Cohort",
    "Column",
    "DryRun",
    "Estimator",
    "FailedMethods",
    "Label",
    "Pair",
    "RunResults",
    "RunSettings",
    "TestResult",
    "UserError",
    "Volume",
    "Weights",
    "dry_run",
    "estimator",
    "hookimpl",
    "read",
    "run",
]

_MODULES = {
    "DryRun": "lnmbench.api",
    "Estimator": "lnmbench.estimators",
    "FailedMethods": "lnmbench.stages.plan",
    "RunResults": "lnmbench.api",
    "RunSettings": "lnmbench.api",
    "UserError": "lnmbench.errors",
    "dry_run": "lnmbench.api",
    "estimator": "lnmbench.estimators",
    "hookimpl": "lnmbench.hookspecs",
    "read": "lnmbench.api",
    "run": "lnmbench.api",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(_MODULES.get(name, "lnmbench.records")), name)
    return value
