from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sklearn
from lnmbench_baselines.imported_classifier import make_classifier, source_version

from lnmbench import UserError

MODELS = """
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures
from sklearn.svm import LinearSVC
quadratic = make_pipeline(PolynomialFeatures(2), LogisticRegression())
machine = LinearSVC()
number = 3
"""


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file of a module of the user's on Python's path."""
    path = tmp_path / "my_models_of_a_user.py"
    path.write_text(MODELS)
    (tmp_path / "needs_more_than_there_is.py").write_text("import no_such_package\n")
    (tmp_path / "fails_at_once.py").write_text("1 / 0\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield path
    for name in (path.stem, "needs_more_than_there_is", "fails_at_once"):
        sys.modules.pop(name, None)


def test_a_class_is_built_with_its_parameters_and_a_seed() -> None:
    path = "sklearn.ensemble.ExtraTreesClassifier"
    model = make_classifier(path, {"n_estimators": 7, "max_depth": 2}, 5)
    assert type(model).__name__ == "ExtraTreesClassifier"
    assert (model.n_estimators, model.max_depth, model.random_state) == (7, 2, 5)
    assert make_classifier(path, {"random_state": 1}, 5).random_state == 1
    assert source_version(path) == {"sklearn": sklearn.__version__}


def test_an_object_is_cloned_and_its_parts_have_parameters(models: Path) -> None:
    path = f"{models.stem}.quadratic"
    model = make_classifier(path, {"logisticregression__C": 0.1}, 5)
    assert model[-1].C == 0.1
    assert model[-1].random_state == 5
    assert make_classifier(path, {}, 5)[-1].C == 1.0, "the object itself is unchanged"
    checksum = hashlib.sha256(models.read_bytes()).hexdigest()[:16]
    assert source_version(path) == {models.stem: f"sha256:{checksum}"}


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("Model", "wrong value for path .*got 'Model'"),
        ("a/b.C", "wrong value for path .*got 'a/b.C'"),
        ("no_such_package.Model", "no module no_such_package .*PYTHONPATH"),
        ("sklearn.no_such_module.Model", "no module sklearn.no_such_module"),
        ("sklearn.ensemble.ExtraTreeClassifier", "did you mean ExtraTreesClassifier"),
        ("sklearn.svm.LinearSVC", "with predict_proba.*CalibratedClassifierCV"),
        ("sklearn.linear_model.Ridge", "with predict_proba, got the Ridge"),
        ("os.system", "expected a class or object with fit, got the function"),
        ("os.path", "expected a class or object with fit, got the module"),
        ("sklearn.ensemble.VotingClassifier", "cannot build .*missing 1 required.*estimators"),
        ("my_models_of_a_user.number", "got the int"),
        ("my_models_of_a_user.machine", "CalibratedClassifierCV"),
        ("needs_more_than_there_is.X", "cannot import needs_more.*No module named 'no_such"),
        ("fails_at_once.X", "cannot import fails_at_once .*ZeroDivisionError: division by zero"),
    ],
)
def test_what_is_no_classifier_is_refused(path: str, message: str, models: Path) -> None:
    with pytest.raises(UserError, match=message) as refusal:
        make_classifier(path, {}, 0)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("path", "name", "nearest"),
    [
        ("sklearn.ensemble.ExtraTreesClassifier", "n_estimator", "n_estimators"),
        ("my_models_of_a_user.quadratic", "logisticregression__c", "logisticregression__C"),
        ("sklearn.linear_model.LogisticRegression", "part__C", "known: "),
    ],
)
def test_unknown_parameters_get_the_nearest(
    path: str, name: str, nearest: str, models: Path
) -> None:
    with pytest.raises(UserError, match=f"has no parameter '{name}'.*{nearest}"):
        make_classifier(path, {name: 1}, 0)
