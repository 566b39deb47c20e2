"""The naive pipeline computes the same features, and its time is extrapolated."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def test_naive_says_what_is_measured_and_what_extrapolated(
    run: Callable[[str], str], read_number: Callable[[str, str], float]
) -> None:
    small = "--size 32 --cases 20 --slices 2 --fits 2 --repeats 3 --epochs 2 --sample 8 --rounds 1"
    printed = run(f"naive --encoder resnet18 {small}")
    assert read_number(r"agreement: .* differ by (\S+) deviations", printed) < 1e-3
    assert "naive, extrapolated to 6 fits" in printed
    assert re.search(r"^ratio \d+ ×", printed, flags=re.MULTILINE)
