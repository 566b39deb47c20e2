"""What a chunk took is its own: an earlier one's peak of memory is forgotten."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from lnmbench import environment


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux forgets a process's peak")
def test_a_peak_of_memory_is_forgotten() -> None:
    environment.forget_peak_memory()
    before = environment.peak_memory_mb()
    large = np.ones(40_000_000)
    peak = environment.peak_memory_mb()
    assert peak > before + 250
    del large
    environment.forget_peak_memory()
    assert environment.peak_memory_mb() < peak - 250
