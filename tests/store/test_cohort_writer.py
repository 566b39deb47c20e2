"""Writing of a cohort file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lnmbench.records import Preprocessing
from lnmbench.store.cohort_writer import writing_cohort

SIDE = Preprocessing(patch=8)


def test_nothing_stays_of_a_file_that_was_not_finished(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="in the middle"):
        _interrupted(tmp_path / "c.h5")
    assert list(tmp_path.iterdir()) == []


def _interrupted(path: Path) -> None:
    with writing_cohort(path, SIDE, slices=1) as writer:
        writer.append(np.zeros((1, 8, 8), np.int16), np.zeros((1, 8, 8), np.uint8))
        raise RuntimeError("in the middle")
