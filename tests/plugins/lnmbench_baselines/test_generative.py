from __future__ import annotations

from lnmbench_baselines.generative import gaussian_process, naive_bayes


def test_the_smoothest_candidates_come_first() -> None:
    assert naive_bayes().candidates()[0] == {"var_smoothing": 3.0}
    assert gaussian_process().candidates()[0] == {"amplitude": 0.3, "length": 3.0}
