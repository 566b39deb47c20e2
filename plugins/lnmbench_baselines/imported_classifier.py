"""Classifiers that are imported by their path."""

from __future__ import annotations

import difflib
import importlib
import inspect
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from lnmbench import UserError
from lnmbench.estimators import (
    make_unknown_error,
    module_version,
    require_classifier,
    set_seeds,
)

WHERE = "baseline sklearn"


def make_classifier(path: str, parameters: Mapping[str, object], seed: int) -> Any:
    """Return an unfitted classifier with parameters.

    Parameters
    ----------
    path
        Import path of a class or of an object, which is cloned.
    parameters
        Its parameters; `step__name` is a parameter of a part.
    seed
        The value of each parameter `random_state` that is None.

    Raises
    ------
    UserError
        For a path without a classifier, and for parameters that it does not have.
    """
    from sklearn.base import clone

    target = _import_object(path)
    if inspect.isclass(target):
        direct = {name: value for name, value in parameters.items() if "__" not in name}
        model = _build(target, direct, path)
    else:
        model, direct = target, {}
    require_classifier(model, subject=path, where=WHERE, kind="a class or object")
    if not inspect.isclass(target):
        model = clone(model)
    known = model.get_params(deep=True)
    for name in parameters:
        if name not in known:
            raise make_unknown_error(name, subject=path, known=known, where=WHERE)
    others = {name: value for name, value in parameters.items() if name not in direct}
    # a parameter that is set may be a random state, or a part with one
    return set_seeds(model.set_params(**others), seed)


def source_version(path: str) -> dict[str, str]:
    """Return the version of the package of an import path, or the checksum of its module's file."""
    return module_version(path.rpartition(".")[0])


def _import_object(path: str) -> Any:
    module_name, _, name = path.rpartition(".")
    if not module_name or not all(part.isidentifier() for part in path.split(".")):
        raise UserError(
            "wrong value for path",
            where=WHERE,
            expected="an import path, e.g. sklearn.ensemble.ExtraTreesClassifier",
            got=repr(path[:80]),
        )
    module = _import_module(module_name)
    try:
        return getattr(module, name)
    except AttributeError:
        near = difflib.get_close_matches(name, dir(module), n=1)
        raise UserError(
            f"{module_name} has no {name}",
            where=WHERE,
            then=f"did you mean {near[0]}?" if near else "check the path",
        ) from None


def _import_module(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        missing = str(error.name)
        if name != missing and not name.startswith(f"{missing}."):
            raise _failed_import(name, error) from error
        raise UserError(
            f"no module {missing}",
            where=WHERE,
            then="install its package; for a file of yours, add its folder to PYTHONPATH",
        ) from error
    except Exception as error:  # the module is the user's choice and may raise anything
        raise _failed_import(name, error) from error


def _failed_import(name: str, error: Exception) -> UserError:
    got = f"{type(error).__name__}: {str(error)[:120]}"
    return UserError(f"cannot import {name}", where=WHERE, got=got)


def _build(cls: type[Any], parameters: Mapping[str, object], path: str) -> Any:
    accepted = inspect.signature(cls).parameters
    if not any(each.kind is each.VAR_KEYWORD for each in accepted.values()):
        for name in parameters:
            if name not in accepted:
                raise make_unknown_error(name, subject=path, known=accepted, where=WHERE)
    try:
        return cls(**parameters)
    except Exception as error:  # the class is the user's choice and may raise anything
        raise UserError(
            f"cannot build {path}",
            where=WHERE,
            got=f"{type(error).__name__}: {str(error)[:120]}",
            then="set its parameters: parameters=name=value+name=value",
        ) from error
