"""Warnings about usable images: duplicates and tumors that the patch cuts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lnmbench.stages.ingest.image_warnings import mask_warnings
from lnmbench.store.cohort_scans import Scan

Ingest = Any
Remarks = Callable[[Path], dict[str, str]]


@pytest.fixture
def remarks(read_log: Callable[[Path], list[dict[str, str]]]) -> Callable[[Path], dict[str, str]]:
    """Return the remarks of an ingest log by case."""
    return lambda cohort: {row["case"]: row["found"] for row in read_log(cohort)}


def change(plugin: Path, old: str, new: str) -> None:
    text = plugin.read_text(encoding="utf-8")
    assert old in text
    plugin.write_text(text.replace(old, new), encoding="utf-8")


def test_a_tumor_that_the_patch_cuts_is_a_warning(
    plugin: Path, ingest_made: Ingest, remarks: Remarks
) -> None:
    change(plugin, "(8, 24, 24)", "(8, 80, 80)")
    change(plugin, "inside[2:5, 10:14, 10:14] = 1", "inside[2:5, 5:75, 5:75] = 1")
    path = ingest_made(n=3)
    cut = "the patch cuts the tumor: 7.35 ml before, 1.536 ml in the patches"
    assert all(text.endswith(cut) for text in remarks(path).values())
    (line,) = (line for line in ingest_made.progress.lines if "check the images" in line)
    assert "of 3 of 3 cases (3 × the patch cuts the tumor): see" in line


def mask(*, at_edge: bool = False) -> np.ndarray[Any, np.dtype[np.uint8]]:
    masks = np.zeros((2, 16, 16), np.uint8)
    masks[:, 0 if at_edge else 6, 8] = 1
    return masks


@pytest.mark.parametrize(
    ("before", "after", "at_edge", "expected"),
    [
        (10, 8.1, False, ""),
        (10, 12.4, False, ""),
        (10, 7.9, False, "the tumor changes its volume: 10 ml before, 7.9 ml in the patches"),
        (10, 12.6, False, "the tumor changes its volume"),
        (0.4, 0.1, False, ""),
        (0.4, 0.1, True, "the tumor reaches the edge"),
        (10, 9.9, True, "the tumor reaches the edge"),
        (10, 3, True, "the patch cuts the tumor"),
    ],
)
def test_masks_that_may_be_wrong(before: float, after: float, at_edge: bool, expected: str) -> None:
    scan = Scan(spacing_mm=(1, 1, 1), size=(9, 9, 9), tumor_ml=(before, after))
    masks = mask(at_edge=at_edge)
    (warning,) = mask_warnings(np.zeros(masks.shape, np.int16), masks, scan) or ("",)
    assert warning.startswith(expected)
    assert bool(warning) == bool(expected)


@pytest.mark.parametrize(("hu", "is_air"), [(-1000, True), (-850, False), (30, False)])
def test_a_region_in_air_is_a_warning(hu: int, is_air: bool) -> None:
    scan = Scan(spacing_mm=(1, 1, 1), size=(9, 9, 9), tumor_ml=(1, 1))
    warnings = mask_warnings(np.full((2, 16, 16), hu, np.int16), mask(), scan)
    expected = ("the tumor region is air: 100% of its voxels lie below -900 HU",)
    assert warnings == (expected if is_air else ())
