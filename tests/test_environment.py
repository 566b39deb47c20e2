from __future__ import annotations

import os

import numpy as np
import pytest

from lnmbench import environment


@pytest.mark.skipif(
    not os.access("/proc/self/clear_refs", os.W_OK),
    reason="the system cannot reset the peak memory of a process",
)
def test_the_peak_memory_can_be_reset() -> None:
    environment.reset_peak_memory()
    before = environment.peak_memory_mb()
    large = np.ones(40_000_000)
    peak = environment.peak_memory_mb()
    assert peak > before + 250
    del large
    environment.reset_peak_memory()
    assert environment.peak_memory_mb() < peak - 250
