"""Cohorts of a few columns."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from lnmbench import Card, Cohort, Column

NO_YES = ("no", "yes")


@pytest.fixture(scope="session")
def make_cohort() -> Callable[..., Cohort]:
    """A factory of a cohort from columns and their cells."""
    return _make_cohort


def _make_cohort(*columns: tuple[Column, Sequence[float]]) -> Cohort:
    n = len(columns[0][1])
    return Cohort(
        name="toy",
        ids=tuple(map(str, range(n))),
        columns=tuple(column for column, _ in columns),
        values={column.name: np.array(cells, dtype=float) for column, cells in columns},
        offsets=np.zeros(n + 1, dtype=np.int64),
        card=Card(title="t", license="l", source="s", citation="c", labels="x"),
        fingerprint="0",
    )


@pytest.fixture(scope="session")
def complete() -> Cohort:
    """A cohort with the columns of every task, in which every tenth cell is missing."""
    random = np.random.default_rng(0)

    def classes(name: str, *categories: str, kind: str = "ordinal", role: str = "aux"):
        column = Column(
            name=name, role=role, kind=kind, label=name, categories=categories, known="after"
        )
        return column, random.integers(0, len(categories), 60).astype(float)

    def numbers(name: str, unit: str, high: float):
        column = Column(name=name, role="aux", label=name, unit=unit, known="after")
        return column, random.uniform(0.1, high, 60)

    columns = [
        classes("pt", "T1a", "T1b", "T1c", "T2a", "T2b", "T3", "T4"),
        classes("ct", "cT1a", "cT1c", "cT2a", "cT3"),
        classes("pn", "N0", "N1", "N2", "N3", role="target"),
        classes("histology", "adeno", "squamous", "large cell", kind="nominal"),
        classes("grade", "G1", "G2", "G3"),
        classes("invasion_pleural", "PL0", "PL1", "PL2", "PL3"),
        classes("invasion_lymphovascular", *NO_YES, kind="binary"),
        classes("invasion_stas", *NO_YES, kind="binary"),
        classes("spiculation", *NO_YES, kind="binary"),
        classes("lobulation", *NO_YES, kind="binary"),
        numbers("size", "mm", 70.0),
        numbers("growth_micropapillary", "%", 40.0),
        numbers("growth_solid", "share", 0.5),
    ]
    for index, (_, cells) in enumerate(columns):
        cells[index % 10 :: 10] = math.nan
    return _make_cohort(*columns)
