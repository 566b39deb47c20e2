from __future__ import annotations

import importlib
import pickle
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures
from sklearn.svm import SVC

from lnmbench import Column, UserError
from lnmbench.estimators import estimator

COLUMNS = (Column(name="x", role="feature"),)
FRAME = pd.DataFrame({"x": [1.0, np.nan, 3.0, 4.0]})


class Prior(ClassifierMixin, BaseEstimator):
    """A classifier of a test module."""

    def __init__(self, shift: Any = 0.0) -> None:
        self.shift = shift

    def fit(self, features: Any, truth: Any) -> Prior:
        self.classes_, self.share_ = np.array([0, 1]), float(np.mean(truth))
        return self

    def predict_proba(self, features: Any) -> Any:
        share = np.full(len(features), np.clip(self.share_ + self.shift, 0, 1))
        return np.stack([1 - share, share], axis=1)


class NoClone(Prior):
    """A classifier that changes its parameter."""

    def __init__(self, shift: Any = 0.0) -> None:
        self.shift = [shift]


def test_an_object_becomes_a_baseline_and_stays_as_it_is() -> None:
    trees = ExtraTreesClassifier(7)
    passed = estimator("trees", trees, search={"max_depth": np.array([2, 4])}, seed=3)
    baseline = passed.model()
    assert baseline.candidates() == [{"max_depth": 2}, {"max_depth": 4}]
    assert all(type(each["max_depth"]) is int for each in baseline.candidates())
    first, second = baseline.estimator(COLUMNS)[-1], baseline.estimator(COLUMNS)[-1]
    assert first is not second
    assert first is not trees
    assert (first.n_estimators, first.random_state, trees.random_state) == (7, 3, None)
    assert list(baseline.versions()) == ["sklearn"]


def test_a_pipeline_is_searched_by_its_parts() -> None:
    quadratic = make_pipeline(PolynomialFeatures(2), LogisticRegression())
    passed = estimator("q", quadratic, search={"logisticregression__C": [0.1, 1.0]})
    assert passed.candidates == [{"logisticregression__C": 0.1}, {"logisticregression__C": 1.0}]
    model = passed.model().estimator(COLUMNS)[-1].set_params(**passed.candidates[0])
    assert model[-1].C == 0.1


def test_missing_values_are_imputed_unless_kept() -> None:
    for missing, expected in (("impute", False), ("keep", True)):
        passed = estimator("p", Prior(), missing=missing)  # type: ignore[arg-type]
        steps = passed.model().estimator(COLUMNS)[:-1]
        assert bool(np.isnan(steps.fit_transform(FRAME)).any()) == expected
    assert passed.description.endswith("Prior(); missing values kept")


@pytest.mark.parametrize(
    "other",
    [
        estimator("other", LogisticRegression(C=0.5), search={"tol": [1e-3]}),
        estimator("a", LogisticRegression(C=0.6), search={"tol": [1e-3]}),
        estimator("a", LogisticRegression(C=0.5), search={"tol": [1e-4]}),
        estimator("a", LogisticRegression(C=0.5)),
        estimator("a", LogisticRegression(C=0.5), search={"tol": [1e-3]}, missing="keep"),
        estimator("a", LogisticRegression(C=0.5), search={"tol": [1e-3]}, seed=1),
        estimator("a", SVC(probability=True), search={"tol": [1e-3]}),
    ],
)
def test_another_name_class_parameter_or_search_is_another_estimator(other: object) -> None:
    passed = estimator("a", LogisticRegression(C=0.5), search={"tol": [1e-3]})
    assert passed == estimator("a", LogisticRegression(C=0.5), search={"tol": [1e-3]})
    assert hash(passed) == hash(estimator("a", LogisticRegression(C=0.5), search={"tol": [1e-3]}))
    assert passed != other


def test_a_fitted_object_is_the_unfitted_one() -> None:
    fitted = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    assert estimator("a", fitted) == estimator("a", LogisticRegression())


@pytest.mark.parametrize(
    ("name", "model", "options", "message"),
    [
        ("two words", Prior(), {}, "wrong name of an estimator: expected a word.*'two words'"),
        ("a:b=c", Prior(), {}, "wrong name of an estimator"),
        (3, Prior(), {}, "wrong name of an estimator"),
        ("a", Prior, {}, r"Prior is a class.*write Prior\(\)"),
        ("a", SVC(), {}, "with predict_proba.*CalibratedClassifierCV"),
        ("a", NoClone(), {}, r"NoClone cannot be cloned \(estimator a\)"),
        ("a", Prior(threading.Lock()), {}, "Prior cannot be cloned"),
        ("a", Prior(), {"missing": "drop"}, "wrong value for missing.*impute or keep"),
        ("a", Prior(), {"seed": -1}, "wrong value for seed"),
        (
            "a",
            CalibratedClassifierCV(cv=StratifiedKFold(shuffle=True)),
            {},
            r"StratifiedKFold has no seed \(estimator a, parameter cv\); set its random_state",
        ),
    ],
)
def test_what_cannot_be_a_baseline_is_refused_in_one_line(
    name: str, model: object, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(UserError, match=message) as refusal:
        estimator(name, model, **options)
    assert "\n" not in str(refusal.value)


def test_an_estimator_is_read_in_another_process(run_python: Callable[[str], str]) -> None:
    passed = estimator("trees", ExtraTreesClassifier(7), search={"max_depth": [2, 4]})
    code = f"""
import importlib
import pickle
import sys
passed = pickle.loads({pickle.dumps(passed)!r})
print(passed, passed.checksum, passed.model().estimator(())[-1].n_estimators)
"""
    assert run_python(code) == f"{passed} {passed.checksum} 7"


def test_a_class_of_a_notebook_is_sent_with_its_code(run_python: Callable[[str], str]) -> None:
    names: dict[str, Any] = {"__name__": "__main__", "Prior": Prior, "np": np}
    text = "class Half(ClassifierMixin, BaseEstimator):\n"
    text += "    def fit(self, x, y):\n        return self\n"
    text += "    def predict_proba(self, x):\n        return np.full((len(x), 2), 0.5)\n"
    exec(f"from sklearn.base import BaseEstimator, ClassifierMixin\n{text}", names)
    packed = pickle.dumps(estimator("half", names["Half"]()))
    code = f"import pickle\nprint(pickle.loads({packed!r}).model().classifier().predict_proba([1]))"
    assert run_python(code) == "[[0.5 0.5]]"


def test_a_class_that_workers_cannot_import_is_refused_there(
    run_python: Callable[[str], str],
) -> None:
    packed = pickle.dumps(estimator("mine", Prior()))
    code = f"""
import importlib
import pickle
import sys
from lnmbench import UserError
passed = pickle.loads({packed!r})
try:
    passed.model()
except UserError as error:
    print(error)
"""
    message = run_python(code)
    assert message.startswith("worker processes cannot read the estimator mine: got ModuleNotF")
    assert message.endswith("omit executor, to run in one process")
    assert "\n" not in message


MODEL = """
from sklearn.linear_model import LogisticRegression

class Mine(LogisticRegression):
    def fit(self, features, truth):
        return super().fit(features, truth)
"""


def test_code_in_memory_counts_as_well_as_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "my_models_that_change.py"
    file.write_text(MODEL, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module(file.stem)
    first = estimator("mine", module.Mine())
    assert first.versions[file.stem].startswith("sha256:")
    file.write_text(MODEL.replace("features, truth)\n", "features, 1 - truth)\n"), encoding="utf-8")
    unloaded = estimator("mine", module.Mine())
    loaded = estimator("mine", importlib.reload(module).Mine())
    assert len({first.checksum, unloaded.checksum, loaded.checksum}) == 3
    del sys.modules[file.stem]


def test_workers_refuse_code_of_another_version() -> None:
    passed = estimator("mine", LogisticRegression())
    passed.versions = {"sklearn": "0.1"}
    sent = pickle.loads(pickle.dumps(passed))
    with pytest.raises(UserError, match=r"the code of the estimator mine changed.*\(sklearn\)"):
        sent.model()
