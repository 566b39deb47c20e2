"""A cohort file for the tests of the store."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from lnmbench import Card, Column
from lnmbench.records import Preprocessing
from lnmbench.store.cohort_writer import writing_cohort

CARD = Card(title="t", license="l", source="s", citation="c", labels="x")
COLUMNS = (
    Column(name="who", role="id"),
    Column(name="age", role="feature"),
    Column(name="n1", role="target", kind="binary", label="n1", categories=("0", "1")),
)
IDS = tuple(f"case-{number}" for number in range(8))


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    """A file with eight cases of one to three slices of 16 × 16."""
    path = tmp_path / "c.h5"
    random = np.random.default_rng(3)
    total = sum(number % 3 + 1 for number in range(len(IDS)))
    with writing_cohort(path, Preprocessing(patch=16), slices=total) as writer:
        for number in range(len(IDS)):
            shape = (number % 3 + 1, 16, 16)
            masks = (random.random(shape) < 0.3).astype(np.uint8)
            writer.append(random.integers(-1000, 400, shape, dtype=np.int16), masks)
        writer.finish(
            dataset="made",
            ids=IDS,
            columns=COLUMNS,
            values={
                "who": IDS,
                "age": [math.nan, *range(50, 57)],
                "n1": [float(number % 2) for number in range(8)],
            },
            card=CARD,
            software="test",
        )
    return path
