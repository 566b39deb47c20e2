"""Classifiers of scikit-learn: their methods, parameters and seeds."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Iterable
from typing import Any

from lnmbench.errors import UserError

METHODS = ("fit", "predict_proba", "get_params", "set_params")


def require_classifier(model: object, *, subject: str, where: str, kind: str) -> Any:
    """Return an object that is a classifier with probabilities.

    Parameters
    ----------
    model
        The object.
    subject, where
        The object and its place, for the message.
    kind
        The kinds of object that may be named, for the message.

    Raises
    ------
    UserError
        If it lacks a method of a classifier.
    """
    for method in METHODS:
        if not callable(getattr(model, method, None)):
            raise UserError(
                f"{subject} is no classifier of scikit-learn",
                where=where,
                expected=f"{kind} with {method}",
                got=f"the {'function' if inspect.isroutine(model) else type(model).__name__}",
                then=_advise(model, method),
            )
    return model


def set_seeds(model: Any, seed: int) -> Any:
    """Return a classifier, with a seed in each of its parameters `random_state` that is None.

    Parts of a pipeline and of other composed classifiers have theirs set as well.
    """
    seeds = {
        name: seed
        for name, value in model.get_params(deep=True).items()
        if name.rpartition("__")[2] == "random_state" and value is None
    }
    return model.set_params(**seeds)


def make_unknown_error(name: str, *, subject: str, known: Iterable[str], where: str) -> UserError:
    """Return the error for an unknown parameter, with the nearest known one.

    Parameters
    ----------
    name
        The unknown parameter.
    subject, where
        The classifier and its place.
    known
        The parameters of the classifier.
    """
    near = difflib.get_close_matches(name, list(known), n=1)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(sorted(known)[:12])}"
    return UserError(f"{subject} has no parameter {name[:40]!r}", where=where, then=hint)


def _advise(model: object, method: str) -> str:
    if method == "predict_proba" and callable(getattr(model, "decision_function", None)):
        return "wrap it in sklearn.calibration.CalibratedClassifierCV"
    if method == "predict_proba" and hasattr(type(model), method):
        return "it has predict_proba with other parameters, e.g. final_estimator of a stack"
    return "name a class, or an object of it"
