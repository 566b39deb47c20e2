"""Decodes CT images to HU: with pydicom, and where it has no decoder, with SimpleITK's GDCM."""

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
from pydicom.uid import UID

from lnmbench.errors import UserError
from lnmbench.imaging.frames import Frame

HU = NDArray[np.int16] | NDArray[np.float32]

_LIMITS = (np.iinfo(np.int16).min, np.iinfo(np.int16).max)


def read_hu(frames: Sequence[Frame]) -> Iterator[HU]:
    """Yield the HU of each image, (rows, columns): int16 where all are whole, else float32.

    Each image is rescaled with its own slope and intercept. Raises `UserError` where a file has no
    pixel data, is truncated, or is compressed in a way that no installed decoder can undo.
    """
    for path, group in groupby(frames, key=lambda frame: frame.path):
        several = list(group)
        for frame, image in zip(several, _decoded(path, several), strict=True):
            if image.shape != frame.size[::-1]:
                raise UserError(
                    f"the image in {path} has another size than its header says",
                    expected=" × ".join(map(str, frame.size)),
                    got=" × ".join(map(str, image.shape[::-1])),
                )
            yield image


def _decoded(path: Path, frames: Sequence[Frame]) -> Iterator[HU]:
    try:
        indices = [frame.index for frame in frames]
        for frame, stored in zip(frames, iter_pixels(path, indices=indices), strict=True):
            yield _rescaled(stored, frame)
    except Exception as error:  # decoders raise anything
        syntax = _syntax(path, error)
        if not _is_packed(syntax) or len(frames) > 1 or frames[0].index:
            raise _undecoded(path, syntax, error) from error
        yield _by_gdcm(path, syntax)


def _rescaled(stored: NDArray[Any], frame: Frame) -> HU:
    slope, intercept = frame.slope, frame.intercept
    ends = [float(end) * slope + intercept for end in (stored.min(), stored.max())]
    whole = stored.dtype.kind in "iu" and slope.is_integer() and intercept.is_integer()
    if not whole or min(ends) < _LIMITS[0] or max(ends) > _LIMITS[1]:
        return (stored * slope + intercept).astype(np.float32)
    # What overflows on the way wraps, and wraps back: the result lies within the limits.
    factor, offset = (np.array(int(number)).astype(np.int16) for number in (slope, intercept))
    hu: NDArray[np.int16] = stored.astype(np.int16)
    if factor != 1:
        hu *= factor
    hu += offset
    return hu


def _by_gdcm(path: Path, syntax: UID) -> HU:
    """GDCM applies the slope and the intercept of the file by itself."""
    try:
        image: NDArray[Any] = sitk.GetArrayFromImage(sitk.ReadImage(path))[0]
    except RuntimeError as error:
        raise _undecoded(path, syntax, error) from error
    whole = np.issubdtype(image.dtype, np.integer)
    if whole and image.min() >= _LIMITS[0] and image.max() <= _LIMITS[1]:
        return image.astype(np.int16)
    return image.astype(np.float32)


def _syntax(path: Path, error: Exception) -> UID:
    try:
        header = pydicom.dcmread(path, specific_tags=["PixelData"], force=True)
    except Exception:
        raise UserError(f"cannot read {path}", got=str(error)[:120]) from error
    if not {"PixelData", "FloatPixelData", "DoubleFloatPixelData"} & set(header.dir()):
        raise UserError(
            f"{path} has no pixel data", then="download the file again, or leave the series out"
        ) from error
    return UID(str(header.file_meta.get("TransferSyntaxUID", "1.2.840.10008.1.2")))


def _is_known(syntax: UID) -> bool:
    return bool(syntax.is_transfer_syntax) and not syntax.is_private


def _is_packed(syntax: UID) -> bool:
    """Return whether the pixels are compressed in a way that pydicom's list knows."""
    return _is_known(syntax) and syntax.is_encapsulated


def _undecoded(path: Path, syntax: UID, error: Exception) -> UserError:
    if _is_known(syntax) and not syntax.is_encapsulated:
        return UserError(
            f"the pixel data of {path} are truncated or damaged",
            got=str(error).partition(" - ")[0][:160],
            then="download the file again",
        )
    return UserError(
        f"cannot decode the pixel data of {path}",
        got=f"transfer syntax {syntax.name}"
        if _is_known(syntax)
        else "a private or unknown transfer syntax",
        then="pip install 'pylibjpeg[all]', or decompress the series with gdcmconv --raw; if other "
        "files of this kind are read, this one is damaged",
    )
