"""What a chunk took is its own: an earlier one's peak of memory is forgotten."""

from __future__ import annotations

import os

import numpy as np
import pytest

from lnmbench import environment


@pytest.mark.skipif(
    not os.access("/proc/self/clear_refs", os.W_OK), reason="no process's peak is forgotten here"
)
def test_a_peak_of_memory_is_forgotten() -> None:
    environment.forget_peak_memory()
    before = environment.peak_memory_mb()
    large = np.ones(40_000_000)
    peak = environment.peak_memory_mb()
    assert peak > before + 250
    del large
    environment.forget_peak_memory()
    assert environment.peak_memory_mb() < peak - 250
