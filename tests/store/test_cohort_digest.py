"""Fingerprints of cohorts."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from lnmbench import Column
from lnmbench.records import Preprocessing
from lnmbench.store.cohort_digest import ATTRIBUTES_HASH, CohortDigest, hash_attributes
from lnmbench.store.cohort_scans import missing_scan, stack_scans

AGE = Column(name="age", role="feature")


def fingerprint(
    preprocessing: Preprocessing = Preprocessing(),  # noqa: B008  # it is frozen
    hu: int = -5,
    column: Column = AGE,
    age: float = 61.0,
    case: str = "A",
) -> str:
    digest = CohortDigest(preprocessing)
    digest.add_images(np.full((1, 2, 2), hu, np.int16), np.ones((1, 2, 2), np.uint8))
    digest.add_cases([case], np.array([0, 1]), stack_scans([missing_scan()]))
    digest.add_column(column, [age])
    return digest.fingerprint()


def test_equal_content_has_one_fingerprint() -> None:
    assert fingerprint() == fingerprint()
    assert len(fingerprint()) == 32


@pytest.mark.parametrize(
    "changed",
    [
        {"preprocessing": Preprocessing(patch=112)},
        {"hu": -6},
        {"column": replace(AGE, unit="a")},
        {"age": 62.0},
        {"age": math.nan},
        {"case": "B"},
    ],
    ids=str,
)
def test_any_change_changes_the_fingerprint(changed: dict[str, object]) -> None:
    assert fingerprint(**changed) != fingerprint()  # type: ignore[arg-type]


def test_all_nans_are_one_missing_value() -> None:
    other_nan = float(np.array([0xFFF8000000000001], dtype="<u8").view("<f8")[0])
    assert math.isnan(other_nan)
    assert fingerprint(age=other_nan) == fingerprint(age=math.nan)


def test_the_hash_of_attributes_leaves_out_itself() -> None:
    attributes = {"format": 3, "card": "{}"}
    hashed = hash_attributes(attributes)
    assert hash_attributes({**attributes, ATTRIBUTES_HASH: hashed}) == hashed
    assert hash_attributes({**attributes, "card": "[]"}) != hashed
