"""Scans before resampling."""

from __future__ import annotations

import numpy as np

from lnmbench.store.cohort_scans import Scan, Scans, missing_scan, stack_scans


def test_cases_without_images_have_no_size_and_nan() -> None:
    scan = Scan(spacing_mm=(0.7, 0.8, 5.0), size=(512, 512, 60), tumor_ml=(2.0, 2.1))
    scans = stack_scans([scan, missing_scan()])
    assert scans.size.tolist() == [[512, 512, 60], [0, 0, 0]]
    np.testing.assert_array_equal(scans.tumor_ml, [[2.0, 2.1], [np.nan, np.nan]])
    assert scans.spacing_mm[0].tolist() == [0.7, 0.8, 5.0]


def test_a_cohort_without_cases_has_empty_arrays() -> None:
    scans = stack_scans([])
    assert {name: array.shape for name, array in scans.arrays().items()} == {
        "spacing_mm": (0, 3),
        "size": (0, 3),
        "tumor_ml": (0, 2),
    }


def test_arrays_by_name_give_the_scans_back() -> None:
    scans = stack_scans([missing_scan()])
    again = Scans.from_arrays(scans.arrays())
    np.testing.assert_array_equal(again.tumor_ml, scans.tumor_ml)
