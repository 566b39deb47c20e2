"""Thumbnails: one picture for each case with images, with the tumor outlined."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from lnmbench.imaging.pictures import CONTOUR
from lnmbench.stages.case_thumbnail import SIDE
from lnmbench.stages.data.thumbnails import (
    CAPTION,
    GAP,
    PAPER,
    write_thumbnails,
)
from lnmbench.store.cohort_file import read_cohort


def test_each_case_has_a_picture_with_a_contour(ingest_made: Any, tmp_path: Path) -> None:
    file = ingest_made(n=3)
    assert write_thumbnails(read_cohort(file), file, tmp_path / "page.png") == 3
    page = np.asarray(Image.open(tmp_path / "page.png"))
    assert page.shape == (SIDE + CAPTION + 2 * GAP, 3 * (SIDE + GAP) + GAP, 3)
    assert tuple(page[0, 0]) == PAPER
    for column in range(3):
        left = GAP + column * (SIDE + GAP)
        picture = page[GAP : GAP + SIDE, left : left + SIDE]
        assert (picture == CONTOUR).all(axis=-1).any()
