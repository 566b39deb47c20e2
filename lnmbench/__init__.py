"""Benchmark of auxiliary tasks for the prediction of lymph node metastasis.

Plugins import `hookimpl`, the records and `UserError` from this module. Their modules are imported
when they are first used: the command line must handle Ctrl-C before it imports anything.
"""

TYPE_CHECKING = False  # the module typing takes longer to import than this one

if TYPE_CHECKING:
    from lnmbench.errors import UserError
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

_MODULES = {"UserError": "lnmbench.errors", "hookimpl": "lnmbench.hookspecs"}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(_MODULES.get(name, "lnmbench.records")), name)
    return value
