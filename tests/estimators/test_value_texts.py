from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier, VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC

from lnmbench import UserError
from lnmbench.estimators.value_texts import ValueTexts

describe = ValueTexts().describe


def add(number: float) -> Callable[[float], float]:
    return lambda x: x + number


@pytest.mark.parametrize(
    ("value", "other"),
    [
        (1, 2),
        (1, True),
        (1, "1"),
        ([1, 2], (1, 2)),
        ({"a": 1}, {"a": 2}),
        (np.arange(4), np.arange(4.0)),
        (np.arange(4), np.arange(4).reshape(2, 2)),
        (np.zeros(3), np.ones(3)),
        (np.log, np.log1p),
        (len, sum),
        (add(1), add(2)),
        (lambda x: x, lambda x: x + 1),
        (functools.partial(np.clip, a_min=0), functools.partial(np.clip, a_min=1)),
        (np.random.RandomState(0), np.random.RandomState(1)),
        (StratifiedKFold(3), StratifiedKFold(5)),
        (LogisticRegression(), LogisticRegression(C=2)),
        (LogisticRegression, SVC),
        (make_pipeline(SVC(), SVC()), make_pipeline(SVC(), SVC(kernel="linear"))),
        (
            VotingClassifier([("a", SVC()), ("b", make_pipeline(SVC(C=1)))]),
            VotingClassifier([("a", SVC()), ("b", make_pipeline(SVC(C=2)))]),
        ),
    ],
)
def test_another_value_has_another_text(value: object, other: object) -> None:
    assert describe(value) == describe(value)
    assert describe(value) != describe(other)


def test_numbers_of_numpy_are_those_of_python() -> None:
    assert describe(np.float64(0.5)) == describe(0.5)
    assert describe(np.int64(3)) == describe(3)


def test_a_file_counts_by_its_content(tmp_path: Path) -> None:
    first, second = tmp_path / "a.bin", tmp_path / "b.bin"
    first.write_bytes(b"1")
    second.write_bytes(b"1")
    assert describe(first) == describe(second)
    second.write_bytes(b"2")
    assert describe(first) != describe(second)
    assert describe(tmp_path / "none") == repr(str(tmp_path / "none"))


def test_a_frozen_classifier_counts_by_what_it_learned() -> None:
    features, labels = np.arange(8.0)[:, None], np.arange(8) % 2
    first, second = (
        FrozenEstimator(LogisticRegression().fit(features, truth))
        for truth in (labels, np.arange(8) > 3)
    )
    assert describe(first) != describe(second)


def test_the_same_value_has_the_same_text_in_another_process(
    run_python: Callable[[str], str],
) -> None:
    code = """
import numpy as np
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC
from lnmbench.estimators.value_texts import ValueTexts
model = make_pipeline(FunctionTransformer(np.log1p), SVC(class_weight={0: 1, 1: 2}))
value = [model, {"b", "a", "c"}, StratifiedKFold(3), np.arange(3.0), np.random.RandomState(3)]
print(ValueTexts().describe(value))
"""
    model = make_pipeline(FunctionTransformer(np.log1p), SVC(class_weight={0: 1, 1: 2}))
    value = [model, {"b", "a", "c"}, StratifiedKFold(3), np.arange(3.0), np.random.RandomState(3)]
    assert run_python(code) == describe(value)


def test_versions_are_those_of_packages_and_files() -> None:
    texts = ValueTexts()
    texts.describe(make_pipeline(FunctionTransformer(np.log1p), SVC()))
    texts.describe(add(1))
    texts.describe(HistGradientBoostingClassifier())
    assert "abc" not in texts.versions, "modules of Python have none"
    assert texts.versions["sklearn"] == sklearn.__version__
    assert texts.versions["numpy"] == np.__version__
    assert texts.versions[__name__].startswith("sha256:")


def test_a_value_without_a_checksum_is_refused() -> None:
    with pytest.raises(UserError, match=r"has no checksum.*got the lock"):
        describe(threading.Lock())
