"""Faults of baselines, executors and hooks for events."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin

from lnmbench.errors import PluginError
from lnmbench.records import CasePredictions, Unit
from lnmbench.registry import Plugin
from lnmbench.registry.boundary import Boundary, Events, guard
from lnmbench.registry.boundary.values import Unexpected
from lnmbench.registry.plugins import Listener
from lnmbench.testing import sample_cohort

PLUGIN = Plugin(name="mine", origin="mine.py", module=__name__, version="", explicit=True)
EFFECTS = {
    "baseline": "its method fails; the others continue, and the run ends with an error",
    "executor": "the run ends; nothing wrong is stored, and the same command continues it",
    "hook": "the call is skipped; the fault is printed once, and the run continues",
}
FRAME = pd.DataFrame({"age": [50.0, 60.0, 70.0, 80.0]})
TRUTH = np.array([0.0, 1.0, 0.0, 1.0])
ALL = np.ones(4, dtype=bool)
HALVES, ZEROS = np.full(4, 0.5), np.zeros(4, dtype=np.int64)


class Constant(ClassifierMixin, BaseEstimator):
    """A classifier that predicts a constant."""

    def __init__(self, c: float = 1.0) -> None:
        self.c = c

    def fit(self, features: Any, truth: Any) -> Any:
        self.classes_ = np.unique(truth)
        return self

    def predict_proba(self, features: Any) -> Any:
        return np.full((len(features), 2), 0.5)


class GoodBaseline:
    model: Any = Constant

    def estimator(self, columns: Any) -> Any:
        return self.model()

    def candidates(self) -> Any:
        return [{"c": 0.1}]


def use_baseline(member: str, value: object) -> None:
    faulty = type("Faulty", (GoodBaseline,), {member: value})()
    baseline: Any = guard(faulty, Boundary(plugin=PLUGIN, role="baseline", name="x"))
    model, features = baseline.estimator(()).fit_steps(FRAME, TRUTH, ALL)
    for settings in baseline.candidates():
        model.probabilities(settings, features, TRUTH, ALL)


class Rescale:
    """A transformer that multiplies some features by a factor."""

    def __init__(self, factor: float, columns: int = 2) -> None:
        self.factor, self.columns = factor, columns

    def fit(self, features: Any) -> Any:
        return self

    def transform(self, features: Any) -> Any:
        return features[:, : self.columns] * self.factor


class GoodImageBaseline:
    encoder: Any = "resnet18"
    aux, model = "", ""

    def reduction(self) -> Any:
        return None


def use_image_baseline(member: str, value: object) -> None:
    faulty = type("Faulty", (GoodImageBaseline,), {member: value})()
    baseline: Any = guard(faulty, Boundary(plugin=PLUGIN, role="baseline", name="x"))
    assert baseline.encoder == "resnet18"
    for settings in baseline.reductions:
        baseline.reduce(np.ones((4, 2)), ALL, settings)


def use_reader(value: object) -> None:
    faulty = type("Faulty", (), {"predict_cases": value})()
    baseline: Any = guard(faulty, Boundary(plugin=PLUGIN, role="baseline", name="x"))
    baseline.fixed.predict_cases(sample_cohort(4), lambda id_: None)


def use_model(member: str, value: object) -> None:
    use_baseline("model", type("Model", (Constant,), {member: value}))


def returning(value: object) -> Callable[..., object]:
    return lambda self, *arguments, **named: value


def raising(error: BaseException) -> Callable[..., object]:
    def fail(self: object, *arguments: object, **named: object) -> object:
        raise error

    return fail


def leaving(self: object, *arguments: object, **named: object) -> object:
    sys.exit(0)


def fit_other_classes(self: Any, features: Any, truth: Any) -> Any:
    self.classes_ = np.array([1.0, 0.0])
    return self


def predict(value: float) -> Callable[..., object]:
    return lambda self, features: np.full((len(features), 2), value)


class GoodExecutor(Executor):
    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


UNITS = [Unit(method="m", repeat=0, fold=fold) for fold in range(2)]


def require_units(value: object) -> object:
    if value != UNITS:
        raise Unexpected("one result for each of 2 units", str(value)[:20])
    return value


def use_executor(member: str, value: object) -> None:
    faulty = type("Faulty", (GoodExecutor,), {member: value})()
    executor: Any = guard(faulty, Boundary(plugin=PLUGIN, role="executor", name="x"))
    executor.result(executor.submit(lambda: UNITS), require_units)
    executor.shutdown()


def done(value: object) -> Callable[..., object]:
    def submit(self: object, fn: Any, /, *args: Any) -> object:
        future: Future[object] = Future()
        future.set_result(value)
        return future

    return submit


def failed(error: BaseException) -> Callable[..., object]:
    def submit(self: object, fn: Any, /, *args: Any) -> object:
        future: Future[object] = Future()
        future.set_exception(error)
        return future

    return submit


def cancelled(self: object, fn: Any, /, *args: Any) -> object:
    future: Future[object] = Future()
    future.cancel()
    return future


def use_hook(event: str, function: Callable[[Any], object]) -> None:
    listener = Listener(plugin=PLUGIN, function=function, arguments=("fact",))
    events = Events(lambda name: [listener])
    (line,) = events.notify(event, fact=["a"])
    assert list(events.notify(event, fact=["a"])) == [], "it is said once"
    raise PluginError(line)


def fail_in_hook(fact: Any) -> None:
    raise ConnectionError("no server")


def leave_in_hook(fact: Any) -> None:
    sys.exit(0)


BASELINES: dict[tuple[str, str], Callable[[], object]] = {
    (member, what): partial(use_model if member in vars(Constant) else use_baseline, member, value)
    for member, what, value in [
        ("estimator", "raises an exception", raising(ImportError("xgboost"))),
        ("estimator", "exits", leaving),
        ("estimator", "returns None", returning(None)),
        ("estimator", "returns a regression", returning(BaseEstimator())),
        ("estimator", "returns a class", returning(Constant)),
        ("candidates", "raises an exception", raising(ValueError("x"))),
        ("candidates", "returns none", returning([])),
        ("candidates", "returns one dict", returning({"c": 1.0})),
        ("candidates", "has a setting that the model lacks", returning([{"depth": 3}])),
        ("fit", "raises an exception", raising(ValueError("NaN in features"))),
        ("fit", "exits", leaving),
        ("fit", "sorts the classes in another way", fit_other_classes),
        ("predict_proba", "raises an exception", raising(AttributeError("not fitted"))),
        ("predict_proba", "returns one column", returning(np.full(4, 0.5))),
        ("predict_proba", "returns too few cases", returning(np.full((3, 2), 0.5))),
        ("predict_proba", "returns NaN", predict(float("nan"))),
        ("predict_proba", "returns more than 1", predict(1.5)),
        ("predict_proba", "does not add up to 1", predict(0.9)),
    ]
}
IMAGE_BASELINES: dict[tuple[str, str], Callable[[], object]] = {
    (member, what): partial(use_image_baseline, member, value)
    for member, what, value in [
        ("encoder", "is no text", 18),
        ("reduction", "raises an exception", raising(ImportError("umap"))),
        ("reduction", "returns a class", returning(Constant)),
        ("reduction", "returns a classifier", returning(Constant())),
        ("reduction", "returns NaN", returning(Rescale(float("nan")))),
        ("reduction", "returns no feature", returning(Rescale(1.0, columns=0))),
        ("reductions", "returns none", returning([])),
        ("reductions", "has settings that `reduction` lacks", returning([{"width": 4}])),
    ]
}
FAULTS: dict[tuple[str, str], Callable[[], object]] = {
    ("baseline", f"`{member}` {what}"): use for (member, what), use in BASELINES.items()
}
FAULTS |= {
    ("baseline", f"`{member}` {what}"): use for (member, what), use in IMAGE_BASELINES.items()
}
FAULTS |= {
    ("baseline", f"`predict_cases` {what}"): partial(use_reader, value)
    for what, value in [
        ("raises an exception", raising(KeyError("case"))),
        ("returns an array", returning(np.zeros(4))),
        ("returns too few cases", returning(CasePredictions(values=np.zeros(3)))),
        ("returns more than 1", returning(CasePredictions(values=np.full(4, 1.5)))),
        ("returns calls of one half", returning(CasePredictions(values=HALVES, scale="call"))),
        ("returns folds without repeats", returning(CasePredictions(values=HALVES, folds=ZEROS))),
    ]
}
FAULTS |= {
    ("executor", f"`{member}` {what}"): partial(use_executor, member, value)
    for member, what, value in [
        ("submit", "raises an exception", raising(ConnectionError("no cluster"))),
        ("submit", "exits", leaving),
        ("submit", "returns None", returning(None)),
        ("submit", "returns a cancelled future", cancelled),
        ("submit", "returns a future that exits", failed(SystemExit(0))),
        ("submit", "returns a future with an exception", failed(OSError("lost node"))),
        ("submit", "loses the results", done(None)),
        ("submit", "returns too few results", done(UNITS[:1])),
        ("submit", "returns a result twice", done([UNITS[0], UNITS[0]])),
        ("submit", "returns results of others", done([UNITS[0], "x"])),
        ("shutdown", "raises an exception", raising(OSError("busy"))),
        ("shutdown", "exits", leaving),
    ]
}
FAULTS |= {
    ("hook", "`unit_finished` raises an exception"): partial(
        use_hook, "unit_finished", fail_in_hook
    ),
    ("hook", "`run_started` exits"): partial(use_hook, "run_started", leave_in_hook),
}
