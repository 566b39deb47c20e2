"""Troubles of CT images: values that are no HU."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from chest_images import (
    CHEST,
    RIM,
    make_image,
    require_chest,
    require_refusal,
    write_chest_series,
)
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import RLELossless


def other_scale(
    change: Callable[[NDArray[np.float64]], NDArray[np.float64]], says: str, folder: Path
) -> None:
    """Values of an earlier pipeline are refused in every format."""
    values = change(CHEST.astype(np.float64))
    kind = np.int16 if np.array_equal(values, np.rint(values)) else np.float32
    for name in ("ct.nii.gz", "ct.nrrd", "ct.mha"):
        sitk.WriteImage(make_image(values.astype(kind)), folder / name)
        require_refusal(folder / name, says)


def windowed_series(folder: Path) -> None:
    """A windowed copy of 8 bits that still carries the intercept, or 0."""
    gray = np.rint((np.clip(CHEST, -160, 240) + 160) / 400 * 255).astype(np.uint16)
    for intercept in (0, -1024):

        def change(index: int, header: Dataset, intercept: int = intercept) -> None:
            header.PixelData, header.RescaleIntercept = gray[index].tobytes(), intercept
            header.ImageType = ["DERIVED", "SECONDARY"]

        require_refusal(write_chest_series(folder / str(intercept), change), "does not hold HU")


def padding_in_volume_files(folder: Path) -> None:
    """Padding of scanners and tools becomes air, before it is mixed into its neighbors."""
    for padding in (-2000, -3024, -32768):
        path = folder / f"{padding}.nrrd"
        sitk.WriteImage(make_image(np.where(RIM, padding, CHEST).astype(np.int16)), path)
        require_chest(path, np.where(RIM, -1024, CHEST).astype(np.int16))


def _pad(word: int, index: int, header: Dataset) -> None:
    words = np.frombuffer(header.PixelData, np.uint16).reshape(32, 32).copy()
    words[RIM[index]] = word
    header.PixelData = words.tobytes()


def padding_in_unsigned_words(folder: Path) -> None:
    """Padding of −2000 or 8000H in words that the header calls unsigned, stated or not."""
    for word, stated in ((63536, True), (63536, False), (62512, False), (32768, False)):

        def change(index: int, header: Dataset, word: int = word, stated: bool = stated) -> None:
            _pad(word, index, header)
            if stated:
                header.add_new("PixelPaddingValue", "US", word)

        path = write_chest_series(folder / f"{word}{stated}", change)
        require_chest(path, np.where(RIM, -1024, CHEST).astype(np.int16))


def signed_in_unsigned_words(folder: Path) -> None:
    """HU with an intercept of 0 in words that the header calls unsigned: air at 64536."""

    def change(index: int, header: Dataset) -> None:
        header.PixelData, header.RescaleIntercept = CHEST[index].tobytes(), 0

    require_chest(write_chest_series(folder, change))


def signed_12_bits_in_unsigned_words(folder: Path) -> None:
    """The same in 12 bits, where air is at 3096: it cannot be told from bone, so it is refused."""

    def change(index: int, header: Dataset) -> None:
        header.PixelData = (CHEST[index].astype(np.uint16) & 0xFFF).tobytes()
        header.RescaleIntercept, header.BitsStored, header.HighBit = 0, 12, 11

    require_refusal(write_chest_series(folder, change), "does not hold HU")


def overlay_in_compressed_words(folder: Path) -> None:
    """An overlay in the high bits of RLE words; the sign of 12 bits is not extended."""
    for signed in (False, True):

        def change(index: int, header: Dataset, signed: bool = signed) -> None:
            words = (CHEST[index] if signed else CHEST[index] + 1024).astype(np.uint16) & 0xFFF
            words[8:20, 4:9] |= 0x4000
            header.PixelData = words.tobytes()
            header.compress(RLELossless, generate_instance_uid=False)
            header.BitsStored, header.HighBit, header.PixelRepresentation = 12, 11, int(signed)
            header.RescaleIntercept = -1024 * (not signed)

        require_chest(write_chest_series(folder / str(signed), change))


def rescaling_is_missing(folder: Path) -> None:
    """Without slope or intercept, or with values of another type, there are no HU."""

    def drop(name: str, _: int, header: Dataset) -> None:
        delattr(header, name)

    for name in ("RescaleSlope", "RescaleIntercept"):
        require_refusal(write_chest_series(folder / name, partial(drop, name)), f"no usable {name}")

    def other_type(_: int, header: Dataset) -> None:
        header.RescaleType = "OD"

    require_refusal(write_chest_series(folder / "type", other_type), "does not hold HU")


def intercept_of_one_slice(folder: Path) -> None:
    """One slice has an intercept of -624, all others one of -1024."""

    def change(index: int, header: Dataset) -> None:
        header.RescaleIntercept = -624 if index == 3 else -1024

    require_refusal(write_chest_series(folder, change), "slice 4 of 8 about 39. HU away")


TROUBLES: dict[str, Callable[[Path], None]] = {
    "one slice has another intercept": intercept_of_one_slice,
    "cut off far above air": partial(
        other_scale, lambda hu: np.where(hu < 0, -200, hu), "cut off at -200"
    ),
    "gray levels around 0": partial(
        other_scale,
        lambda hu: np.rint((hu.clip(-1000, 400) + 1000) / 1400 * 255) - 128,
        "gray levels from -128",
    ),
    "half of HU": partial(other_scale, lambda hu: np.rint(hu / 2), "between lung and fat"),
    "normalized to -1 to 1": partial(
        other_scale, lambda hu: (hu.clip(-1000, 400) + 300) / 700, "fractions from -1 to"
    ),
    "normalized to 0 to 1": partial(
        other_scale, lambda hu: (hu.clip(-1000, 400) + 1000) / 1400, "fractions from 0"
    ),
    "z-scored": partial(other_scale, lambda hu: (hu - hu.mean()) / hu.std(), "fractions from"),
    "windowed to 0 to 255": partial(
        other_scale,
        lambda hu: np.rint((hu.clip(-160, 240) + 160) / 400 * 255),
        "nothing below 0",
    ),
    "cut off at a window": partial(other_scale, lambda hu: hu.clip(-160, 240), "cut off at -160"),
    "stored values": partial(other_scale, lambda hu: hu + 1024, "nothing below 0|near 1000"),
    "stored values with padding": partial(
        other_scale, lambda hu: np.where(RIM, -2000, hu + 1024), "nothing below 0|near 1000"
    ),
    "an intercept applied twice": partial(other_scale, lambda hu: hu - 1024, "applied twice"),
    "a windowed series": windowed_series,
    "padding far below air": padding_in_volume_files,
    "padding in unsigned words": padding_in_unsigned_words,
    "signed numbers in unsigned words": signed_in_unsigned_words,
    "signed 12 bits in unsigned words": signed_12_bits_in_unsigned_words,
    "an overlay in compressed words": overlay_in_compressed_words,
    "rescaling is missing": rescaling_is_missing,
}
