"""The registry of a call: installed plugins, those that the caller names, and objects."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

from lnmbench.environment import home
from lnmbench.errors import UserError
from lnmbench.estimators import Estimator
from lnmbench.registry import Registry, fault_log


def load_plugins(
    plugin: str | Path | Sequence[str | Path],
    estimators: Sequence[Estimator] = (),
    *,
    debug: bool = False,
) -> Registry:
    """Return the registry, and warn of each installed plugin that is unusable.

    Parameters
    ----------
    plugin
        Plugin files or modules in addition to the installed ones.
    estimators
        Objects that this registry alone offers.
    debug
        Whether to print the tracebacks of exceptions in plugins to standard error.

    Raises
    ------
    UserError
        If one of `plugin` is unusable, and for an estimator with the name of another baseline.
    """
    fault_log.keep_log(home(), debug=debug)
    _refuse_equal_names(estimators)
    names = [plugin] if isinstance(plugin, str | Path) else plugin
    registry = Registry((*map(str, names), *estimators))
    for estimator in estimators:
        _refuse_taken_name(estimator, registry)
    registry.refuse_problems()
    for problem in dict.fromkeys(map(str, registry.problems)):
        warnings.warn(problem, stacklevel=3)
    return registry


def _refuse_taken_name(estimator: Estimator, registry: Registry) -> None:
    plugins = registry.baselines.plugins(estimator.name)
    others = [plugin.name for plugin in plugins if not plugin.estimator]
    if others:
        raise UserError(
            f"the name {estimator.name} of an estimator is taken",
            got=f"a baseline of {others[0]}",
            then="choose another name",
        )


def _refuse_equal_names(estimators: Sequence[Estimator]) -> None:
    names = [estimator.name for estimator in estimators]
    for name in names:
        if names.count(name) > 1:
            raise UserError(
                f"{names.count(name)} estimators have the name {name}",
                then="choose another name for each",
            )
