"""Headers of segmentations that lack what highdicom requires."""

from __future__ import annotations

import highdicom as hd
import numpy as np
import pydicom
import pytest

from lnmbench.imaging.regions.seg_header import (
    fill_missing,
    positions,
    read_spacing_mm,
    write_spacing_mm,
)


@pytest.fixture
def dataset(image, write_seg) -> pydicom.Dataset:
    blob = np.zeros((6, 10, 12))
    blob[1:4, 3:5, 4:6] = 1
    return pydicom.dcmread(write_seg(image, {"GTV": blob}))


def test_missing_descriptions_are_filled_in_and_others_stay(dataset: pydicom.Dataset) -> None:
    segment = dataset.SegmentSequence[0]
    del segment.SegmentedPropertyTypeCodeSequence
    fill_missing(dataset)
    assert segment.SegmentLabel == "GTV"
    assert hd.seg.Segmentation.from_dataset(dataset).segment_numbers == [1]


def test_the_distance_of_frames_is_read_written_and_removed(dataset: pydicom.Dataset) -> None:
    write_spacing_mm(dataset, 2.5)
    assert read_spacing_mm(dataset) == 2.5
    write_spacing_mm(dataset, None)
    assert read_spacing_mm(dataset) is None
    write_spacing_mm(dataset, float("nan"))
    assert read_spacing_mm(dataset) is None


def test_each_frame_has_a_position(dataset: pydicom.Dataset) -> None:
    corners = positions(dataset)
    assert corners[:, :2].tolist() == [[-20.0, -30.0]] * 3
    assert sorted(corners[:, 2].tolist()) == [-95.0, -90.0, -85.0]
