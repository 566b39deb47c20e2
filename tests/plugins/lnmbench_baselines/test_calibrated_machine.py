from __future__ import annotations

import numpy as np
import pytest
from lnmbench_baselines.calibrated_machine import CalibratedMachine


@pytest.mark.parametrize("kernel", ["linear", "rbf"])
def test_probabilities_are_calibrated_on_new_cases(kernel: str) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1200, 3))
    truth = 1 / (1 + np.exp(2.0 - 1.5 * x[:, 0]))
    y = (rng.random(1200) < truth).astype(float)
    model = CalibratedMachine(kernel=kernel, C=0.3).fit(x[:600], y[:600])
    p = model.predict_proba(x[600:])[:, 1]
    assert abs(p.mean() - truth[600:].mean()) < 0.03
    high = p > np.quantile(p, 0.8)
    assert abs(p[high].mean() - truth[600:][high].mean()) < 0.1


def test_one_case_of_a_class_leaves_its_share() -> None:
    y = np.repeat([0.0, 1.0], [19, 1])
    x = np.arange(20.0)[:, None]
    np.testing.assert_allclose(CalibratedMachine().fit(x, y).predict_proba(x)[:, 1], 0.05)
    two = CalibratedMachine(kernel="linear").fit(x, np.repeat([0.0, 1.0], [18, 2]))
    assert np.ptp(two.predict_proba(x)[:, 1]) > 0
