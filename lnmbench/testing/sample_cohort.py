"""Sample cohort for contract checks."""

from __future__ import annotations

import numpy as np

from lnmbench.records import Card, Cohort, Column

NODES = ("N0", "N1", "N2", "N3")
NO_YES = ("no", "yes")
STAGES = ("T1a", "T1b", "T1c", "T2a", "T2b", "T3", "T4")


def sample_cohort(n: int = 40) -> Cohort:
    """Return a clinical cohort in memory, with some labels and features missing."""
    rng = np.random.default_rng(0)
    columns = (
        Column(name="id", role="id"),
        Column(name="age", role="feature", unit="a"),
        Column(name="sex", role="feature", kind="nominal", categories=("f", "m")),
        Column(name="pn", role="target", kind="ordinal", label="pn", categories=NODES),
        Column(name="pt", role="aux", kind="ordinal", label="pt", categories=STAGES, known="after"),
        Column(
            name="subcarinal", role="target", kind="binary", label="station_7", categories=NO_YES
        ),
    )
    ids = tuple(f"case-{number}" for number in range(n))
    values = {
        "id": np.array(ids),
        "age": rng.normal(60, 9, n),
        "sex": rng.integers(0, 2, n).astype(float),
        "pn": rng.integers(0, 4, n).astype(float),
        "pt": rng.integers(0, 7, n).astype(float),
        "subcarinal": rng.integers(0, 2, n).astype(float),
    }
    for name in ("age", "sex", "pn", "pt", "subcarinal"):
        values[name][rng.integers(0, n, 3)] = np.nan
    card = Card(title="sample", license="none", source="made", citation="none", labels="made")
    return Cohort(
        name="sample",
        ids=ids,
        columns=columns,
        values=values,
        offsets=np.zeros(n + 1, dtype=np.int64),
        card=card,
        fingerprint="0" * 32,
    )
