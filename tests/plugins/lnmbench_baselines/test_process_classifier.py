from __future__ import annotations

import numpy as np
from lnmbench_baselines.process_classifier import ProcessClassifier


def test_a_far_case_has_the_share_of_positive_cases() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 2))
    y = (rng.random(400) < 0.05).astype(float)
    p = ProcessClassifier(amplitude=0.3).fit(x, y).predict_proba(np.full((1, 2), 1e6))
    assert abs(p[0, 1] - y.mean()) < 0.02, "and not 1/2"


def test_a_large_amplitude_follows_the_data() -> None:
    x = np.linspace(-2, 2, 60)[:, None]
    y = (np.abs(x[:, 0]) < 1).astype(float)
    small, large = (
        ProcessClassifier(amplitude=amplitude, length=0.5).fit(x, y).predict_proba(x)[:, 1]
        for amplitude in (0.1, 3.0)
    )
    assert np.ptp(small) < 0.1
    assert large[y == 1].mean() > 0.8 > 0.2 > large[y == 0].mean()
