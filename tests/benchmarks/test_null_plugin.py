"""Null cohorts and equally good methods on them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from lnmbench import Cohort

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def test_half_sees_half_and_a_coin_knows_nothing(make_cohort: Callable[..., Cohort]) -> None:
    from lnmbench.registry.sources import import_file

    path = BENCHMARKS / "null_plugin.py"
    plugin = import_file(path, path.read_bytes())
    data = plugin.Null(n=400, core=1, half=2, strength=1.0, seed=5)
    rows = [case.values for case in data.cases()]
    frame = pd.DataFrame(rows)[[c.name for c in data.columns if c.role == "feature"]].astype(float)
    truth = np.array([float(str(r["n2"])) for r in rows])
    model = (
        plugin.Half(which="a", c=0.1)
        .estimator([c for c in data.columns if c.role == "feature"])
        .fit(frame, truth)
    )
    before = model.predict_proba(frame)[:, 1]
    for name, visible in (("b_0", False), ("b_1", False), ("a_0", True), ("core_0", True)):
        after = model.predict_proba(frame.assign(**{name: 3.0}))[:, 1]
        assert (np.abs(after - before).max() > 0.01) == visible, name
    cohort = make_cohort(n=2000)
    first, other = (plugin.Coin(seed=seed).targets(cohort) for seed in (1, 2))
    tosses = np.corrcoef([first, other, cohort.values["n2"]])
    assert np.abs(tosses - np.eye(3)).max() < 0.1
    assert 0.45 < first.mean() < 0.55
