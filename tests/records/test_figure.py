"""Figures as numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lnmbench.records import Mark


def test_marks_with_arrays_can_be_compared_and_collected() -> None:
    mark = Mark(kind="line", x=np.arange(3.0), y=np.arange(3.0))
    assert mark == mark
    assert mark != replace(mark)
    assert len({mark, mark}) == 1
