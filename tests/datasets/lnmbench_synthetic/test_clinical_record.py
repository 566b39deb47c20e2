"""The clinical record: missing values and categories."""

from __future__ import annotations

import numpy as np
import pytest
from lnmbench_synthetic.dataset import Synthetic


def test_cells_are_missing_as_often_as_said_and_never_in_labels() -> None:
    cases = list(Synthetic(n=3000, images=False).cases())
    gaps = {
        name: np.mean([case.values[name] is None for case in cases]) for name in cases[0].values
    }
    assert gaps["cea"] == pytest.approx(0.15, abs=0.03)
    assert gaps["histology"] == pytest.approx(0.20, abs=0.03)
    assert gaps["lobulation"] == pytest.approx(0.06, abs=0.02)
    assert gaps["pn"] == gaps["pt"] == gaps["age"] == 0
