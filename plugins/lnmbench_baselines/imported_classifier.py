"""Classifiers that are imported by their path."""

from __future__ import annotations

import difflib
import hashlib
import importlib
import inspect
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from lnmbench import UserError

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
    for method in ("fit", "predict_proba", "get_params", "set_params"):
        if not callable(getattr(model, method, None)):
            raise UserError(
                f"{path} is no classifier of scikit-learn",
                where=WHERE,
                expected=f"a class or object with {method}",
                got=_describe(model),
                then=_advise(model, method),
            )
    if not inspect.isclass(target):
        model = clone(model)
    known = model.get_params(deep=True)
    for name in parameters:
        if name not in known:
            raise _unknown(name, path, known)
    seeds = {
        name: seed
        for name, value in known.items()
        if name.rpartition("__")[2] == "random_state" and value is None
    }
    others = {name: value for name, value in parameters.items() if name not in direct}
    return model.set_params(**{**seeds, **others})


def source_version(path: str) -> dict[str, str]:
    """Return the version of the package of an import path, or the checksum of its module's file."""
    module = path.rpartition(".")[0]
    package = module.partition(".")[0]
    version = getattr(sys.modules.get(package), "__version__", None)
    if isinstance(version, str) and version:
        return {package: version}
    file = getattr(sys.modules.get(module), "__file__", None)
    if file is None or not Path(file).is_file():
        return {}
    return {module: f"sha256:{hashlib.sha256(Path(file).read_bytes()).hexdigest()[:16]}"}


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
                raise _unknown(name, path, accepted)
    try:
        return cls(**parameters)
    except Exception as error:  # the class is the user's choice and may raise anything
        raise UserError(
            f"cannot build {path}",
            where=WHERE,
            got=f"{type(error).__name__}: {str(error)[:120]}",
            then="set its parameters: parameters=name=value+name=value",
        ) from error


def _unknown(name: str, path: str, known: Iterable[str]) -> UserError:
    near = difflib.get_close_matches(name, list(known), n=1)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(sorted(known)[:12])}"
    return UserError(f"{path} has no parameter {name[:40]!r}", where=WHERE, then=hint)


def _describe(model: object) -> str:
    return f"the {'function' if inspect.isroutine(model) else type(model).__name__}"


def _advise(model: object, method: str) -> str:
    if method == "predict_proba" and callable(getattr(model, "decision_function", None)):
        return "wrap it in sklearn.calibration.CalibratedClassifierCV"
    return "name a class, or an object of it"
