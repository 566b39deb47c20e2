"""Thumbnails of cases: the right slice, the outline of its tumor, whole scans, damage."""

from __future__ import annotations

from typing import Any

import h5py
import numpy as np
import pytest

from lnmbench import UserError
from lnmbench.imaging.pictures import CONTOUR, draw_thumbnail
from lnmbench.records import WINDOW_HU, Preprocessing
from lnmbench.stages.case_thumbnail import SIDE, read_thumbnail
from lnmbench.store.cohort_file import read_cohort


def test_a_thumbnail_is_the_slice_with_the_largest_tumor(ingest_made: Any) -> None:
    path = ingest_made(n=3)
    cohort = read_cohort(path)
    with h5py.File(path) as file:
        slices, masks = file["slices"][:], file["masks"][:]
    for case in range(3):
        start, stop = cohort.offsets[case : case + 2]
        areas = [int(mask.sum()) for mask in masks[start:stop]]
        largest = start + areas.index(max(areas))
        expected = draw_thumbnail(slices[largest], masks[largest], window_hu=WINDOW_HU, side=SIDE)
        pixels = read_thumbnail(cohort, path, case)
        assert pixels is not None
        assert (pixels == expected).all()
        assert (pixels == CONTOUR).all(axis=-1).any()


def test_a_whole_scan_is_its_middle_slice_without_an_outline(ingest_made: Any) -> None:
    preprocessing = Preprocessing(spacing_mm=(1.0, 1.0, 1.0), patch=16, region="none", slices=5)
    path = ingest_made(n=1, preprocessing=preprocessing)
    cohort = read_cohort(path)
    with h5py.File(path) as file:
        middle = file["slices"][2]
    pixels = read_thumbnail(cohort, path, 0)
    assert pixels is not None
    assert (pixels == draw_thumbnail(middle, None, window_hu=WINDOW_HU, side=SIDE)).all()


def test_a_case_without_images_has_no_thumbnail(ingest_made: Any) -> None:
    path = ingest_made(n=2, images=False)
    assert read_thumbnail(read_cohort(path), path, 1) is None


def test_a_damaged_slice_is_an_error(ingest_made: Any) -> None:
    path = ingest_made(n=1)
    cohort = read_cohort(path)
    with h5py.File(path, "r+") as file:
        file["slices"][:] = file["slices"][:] + np.int16(1)
    with pytest.raises(UserError, match=r"checksum mismatch in slices"):
        read_thumbnail(cohort, path, 0)
