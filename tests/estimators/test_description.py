"""Descriptions of a classifier, exact and short."""

from __future__ import annotations

import pytest
from sklearn.linear_model import LogisticRegression

from lnmbench import UserError
from lnmbench.estimators.description import describe_exactly, describe_shortly


class Unpicklable:
    """A value that has no pickle."""

    def __reduce__(self) -> str:
        raise TypeError("not to be written")


def test_a_parameter_without_a_checksum_is_named() -> None:
    with pytest.raises(UserError, match="cannot use the parameter C of Logistic.*Unpicklable"):
        describe_exactly(LogisticRegression(C=Unpicklable()), "estimator a")


def test_an_exact_text_has_every_parameter_and_the_versions_of_its_code() -> None:
    text, versions = describe_exactly(LogisticRegression(C=0.25), "estimator a")
    assert "0.25" in text
    assert list(versions) == ["sklearn"]
    assert text != describe_exactly(LogisticRegression(C=0.5), "estimator a")[0]


def test_a_short_text_has_no_addresses_and_no_folders() -> None:
    code = LogisticRegression(C=lambda: 0)
    text = describe_shortly(code, {"tol": [0, 1]}, keeps_missing=True)
    assert "<function" in text
    assert "0x" not in text
    assert text.endswith("; search: tol=0+1; missing values kept")
    file = LogisticRegression(C="/home/jane/x.csv")
    assert describe_shortly(file, {}, keeps_missing=False).endswith("(C='x.csv')")
    long = LogisticRegression(C="x" * 10_000)
    assert len(describe_shortly(long, {}, keeps_missing=False)) < 400
