"""HU of CT images: decoded with pydicom, or by SimpleITK's GDCM if pydicom has no decoder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import SimpleITK as sitk
from numpy.typing import NDArray
from pydicom.pixels.utils import iter_pixels
from pydicom.uid import UID, ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from lnmbench.errors import UserError
from lnmbench.imaging.frames import Frame
from lnmbench.imaging.grid_limits import HU_LIMITS
from lnmbench.imaging.headers import read_dicom, reading, require_pixels, transfer_syntax
from lnmbench.imaging.silence import suppress_warnings
from lnmbench.imaging.stored_pixels import correct_sign, fill, find_padding, mask_bits

HU = NDArray[np.int16] | NDArray[np.float32]

_LIMITS = (np.iinfo(np.int16).min, np.iinfo(np.int16).max)


def read_hu(frames: Sequence[Frame]) -> Iterator[HU]:
    """Yield the HU of each image, (rows, columns): int16 if all are whole numbers, else float32.

    Each image is rescaled with its own slope and intercept. Raises `UserError` for a file without
    pixel data, a truncated one, and a compression that no installed decoder supports.
    """
    for path, group in groupby(frames, key=lambda frame: frame.path):
        several = list(group)
        for frame, image in zip(several, _decode(path, several), strict=True):
            if image.shape != frame.size[::-1]:
                raise UserError(
                    f"the image in {path} differs in size from its header",
                    expected=" × ".join(map(str, frame.size)),
                    got=" × ".join(map(str, image.shape[::-1])),
                )
            yield image


def _decode(path: Path, frames: Sequence[Frame]) -> Iterator[HU]:
    try:
        with suppress_warnings:
            indices = [frame.index for frame in frames]
            source = _read_whole(path) if frames[0].pixels.whole_file else path
            for frame, words in zip(frames, iter_pixels(source, indices=indices), strict=True):
                yield _to_hu(words, frame)
    except UserError:
        raise
    except Exception as error:  # decoders raise anything, and quote the header
        syntax = _syntax(path)
        packed = syntax is not None and syntax.is_encapsulated
        if not packed or len(frames) > 1 or frames[0].index:
            raise _decoding_error(path, syntax) from error
        yield _to_hu(_decode_by_gdcm(frames[0], syntax), frames[0])


def _read_whole(path: Path) -> pydicom.Dataset:
    """Return the data set of a deflated file, or of one that does not state its transfer syntax."""
    dataset = read_dicom(path)
    if "TransferSyntaxUID" not in dataset.file_meta:
        implicit, little = dataset.original_encoding
        explicit = ExplicitVRLittleEndian if little else ExplicitVRBigEndian
        dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if implicit else explicit
    return dataset


def _to_hu(words: NDArray[Any], frame: Frame) -> HU:
    slope, intercept = frame.slope, frame.intercept
    stored = mask_bits(words, frame.pixels)
    if not frame.pixels.signed:
        stored = correct_sign(stored, slope, intercept, path=frame.path)
    padding = find_padding(stored, frame.pixels, slope, intercept)
    return fill(_rescale(stored, frame), padding)


def _rescale(stored: NDArray[Any], frame: Frame) -> HU:
    slope, intercept = frame.slope, frame.intercept
    ends = [float(end) * slope + intercept for end in (stored.min(), stored.max())]
    if not all(HU_LIMITS[0] <= end <= HU_LIMITS[1] for end in ends):
        raise UserError(f"{frame.path} does not hold HU", got=f"{min(ends):g} to {max(ends):g}")
    whole = stored.dtype.kind in "iu" and slope.is_integer() and intercept.is_integer()
    if not whole or min(ends) < _LIMITS[0] or max(ends) > _LIMITS[1]:
        return (stored * slope + intercept).astype(np.float32)
    # An intermediate overflow wraps, and wraps back: the result lies within the limits.
    factor, offset = (np.array(int(number)).astype(np.int16) for number in (slope, intercept))
    hu: NDArray[np.int16] = stored.astype(np.int16)
    if factor != 1:
        hu *= factor
    hu += offset
    return hu


def _decode_by_gdcm(frame: Frame, syntax: UID | None) -> NDArray[Any]:
    """Return stored words from GDCM, which applies the slope and the intercept of the file."""
    try:
        with suppress_warnings:
            hu: NDArray[Any] = sitk.GetArrayFromImage(sitk.ReadImage(frame.path))[0]
    except RuntimeError as error:
        raise _decoding_error(frame.path, syntax) from error
    words = np.rint((hu.astype(np.float64) - frame.intercept) / frame.slope)
    return words.astype(np.int16 if words.min() < 0 else np.uint16)


def _syntax(path: Path) -> UID | None:
    """Return the transfer syntax, None if the standard does not have it."""
    require_pixels(path)
    with reading(path):
        return transfer_syntax(read_dicom(path, stop_before_pixels=True))


def _decoding_error(path: Path, syntax: UID | None) -> UserError:
    if syntax is not None and not syntax.is_encapsulated:
        return UserError(
            f"the pixel data of {path} are truncated or damaged",
            expected="the number of bytes that its header states",
            then="download the file again",
        )
    return UserError(
        f"cannot decode the pixel data of {path}",
        got=f"transfer syntax {syntax.name}" if syntax else "a private or unknown transfer syntax",
        then="pip install 'pylibjpeg[all]', or decompress the series with gdcmconv --raw; if other "
        "files of this kind are read, this one is damaged",
    )
