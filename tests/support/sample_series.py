"""Series of the sample patient A: a CT, a segmentation, contours, and one of an algorithm."""

from __future__ import annotations

from pathlib import Path

from lnmbench.imaging.dicom_series import Series


def make_series(modality: str, number: int | None, *, patient: str = "A", files: int = 1) -> Series:
    """Return a series of files that do not exist."""
    names = tuple(Path(f"{patient}-{modality}-{number}-{place}") for place in range(files))
    return Series(
        patient=patient,
        study="1",
        uid=f"1.{patient}.{number}",
        modality=modality,
        number=number,
        description="",
        files=names,
        size=files,
    )


CT, SEG, CONTOURS = (
    make_series("CT", 1, files=3),
    make_series("SEG", 1000),
    make_series("RTSTRUCT", 3),
)
ALGORITHM = make_series("SEG", 300)
