"""A cohort with the variables of scores, and a coefficient file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lnmbench import Card, Cohort, Column

FILE = """
title = "made up"
citation = "none"
outcome = "pN2"
cohort = "10 phantoms"
intercept = -1

[variables.age]
description = "age"
unit = "years"

[variables.diameter]
description = "diameter of the tumor"
unit = "cm"

[variables.cea]
description = "CEA"
unit = "ng/ml"

[variables.central]
description = "central location"

[variables.histology]
description = "adenocarcinoma or large cell carcinoma"
categories = ["adenocarcinoma", "Large cell carcinoma"]

[[terms]]
variable = "age"
coefficient = -0.03
per = 10
center = 6

[[terms]]
variable = "diameter"
coefficient = 0.8
at_least = 3

[[terms]]
variable = "cea"
coefficient = 0.5
transform = "log"

[[terms]]
variable = "central"
coefficient = 1.2

[[terms]]
variable = "histology"
coefficient = 0.9
"""


@pytest.fixture
def coefficient_path(tmp_path: Path) -> Path:
    """The path of a coefficient file with every kind of term."""
    (tmp_path / "made.toml").write_text(FILE, encoding="utf-8")
    return tmp_path / "made.toml"


@pytest.fixture
def cohort() -> Cohort:
    """Four patients: the diameter in mm, the location as a binary column."""
    columns = (
        Column(name="id", role="id"),
        Column(name="Age", role="feature", unit="a"),
        Column(name="long axis", role="feature", label="diameter", unit="mm"),
        Column(name="cea", role="feature", unit="µg/L"),
        Column(name="central", role="feature", kind="binary", categories=("no", "yes")),
        Column(
            name="histology",
            role="feature",
            kind="nominal",
            categories=("squamous", "Adenocarcinoma", "large cell carcinoma"),
        ),
        Column(name="node_short_axis", role="feature", unit="cm"),
        Column(name="PET: node SUVmax", role="feature"),
        Column(name="grade", role="aux", label="cea", known="after"),
        Column(name="n2", role="target", kind="binary", label="n2", categories=("0", "1")),
    )
    values = {
        "id": np.array(["a", "b", "c", "d"]),
        "Age": np.array([50.0, 60.0, 70.0, 80.0]),
        "long axis": np.array([29.9, 30.0, 45.0, 10.0]),
        "cea": np.array([1.0, 2.0, 10.0, 5.0]),
        "central": np.array([0.0, 1.0, 1.0, 0.0]),
        "histology": np.array([0.0, 1.0, 2.0, 0.0]),
        "node_short_axis": np.array([0.9, 1.0, np.nan, np.nan]),
        "PET: node SUVmax": np.array([2.6, 2.5, 8.0, 1.0]),
        "grade": np.zeros(4),
        "n2": np.array([0.0, 1.0, 1.0, 0.0]),
    }
    return Cohort(
        name="made",
        ids=("a", "b", "c", "d"),
        columns=columns,
        values=values,
        offsets=np.zeros(5, dtype=np.int64),
        card=Card(title="t", license="none", source="s", citation="c", labels="l"),
        fingerprint="f" * 32,
    )
