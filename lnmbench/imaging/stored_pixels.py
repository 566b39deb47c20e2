"""Stored values of CT images as a header describes them: bits, sign and padding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

from lnmbench.errors import UserError
from lnmbench.imaging.headers import transfer_syntax
from lnmbench.imaging.hounsfield import PADDING_HU

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

_WORD_BITS = 16
_BRIGHTEST_HU = 31000
"""No CT has more: the extended scale ends at 30710 HU."""
_FEW = 1e-3
# Signed numbers in unsigned words: from −8192 to −1, or −32768, which is padding alone.
_NEGATIVE_FROM, _LOWEST = 57344, 32768
_AIR_HU, _BONE_HU = -900, 3071


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPixels:
    """Description of stored values.

    `padding` are the lowest and the highest stored value of padding, None without a statement.
    `whole_file` is true for files that are read as a whole: deflated ones and those without
    preamble.
    """

    bits: int = _WORD_BITS
    high_bit: int = _WORD_BITS - 1
    signed: bool = False
    padding: tuple[int, int] | None = None
    whole_file: bool = False


def describe_pixels(header: Dataset) -> StoredPixels:
    """Return the description of the stored values in a header; defaults for what is unusable."""
    bits = _integer(header.get("BitsStored")) or _WORD_BITS
    high_bit = _integer(header.get("HighBit"))
    first = _integer(header.get("PixelPaddingValue"))
    last = _integer(header.get("PixelPaddingRangeLimit", first))
    stated = "TransferSyntaxUID" in getattr(header, "file_meta", {})
    syntax = transfer_syntax(header)
    return StoredPixels(
        bits=bits,
        high_bit=bits - 1 if high_bit is None else high_bit,
        signed=_integer(header.get("PixelRepresentation")) == 1,
        padding=None if first is None or last is None else (min(first, last), max(first, last)),
        whole_file=not stated or (syntax is not None and syntax.is_deflated),
    )


def mask_bits(words: NDArray[Any], pixels: StoredPixels) -> NDArray[Any]:
    """Return words without the bits beyond those stored, such as an overlay in a compressed image.

    Parameters
    ----------
    words
        Decoded words, (rows, columns).
    pixels
        The description of the stored values.

    Returns
    -------
    ndarray
        The same array if all its bits are stored ones.
    """
    bits = pixels.bits
    width = words.dtype.itemsize * 8
    if words.dtype.kind not in "iu" or not 0 < bits < width or pixels.high_bit != bits - 1:
        return words
    low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if pixels.signed else (0, 2**bits - 1)
    if words.min() >= low and words.max() <= high:
        return words
    unsigned = words.astype(np.int64) & ((1 << bits) - 1)
    if pixels.signed:
        unsigned -= (unsigned >> (bits - 1)) << bits
    return unsigned.astype(words.dtype)


def correct_sign(
    words: NDArray[Any], slope: float, intercept: float, *, path: Path
) -> NDArray[Any]:
    """Return signed words where a header calls signed numbers unsigned.

    Parameters
    ----------
    words
        Decoded words, (rows, columns).
    slope, intercept
        The rescaling to HU.
    path
        The file for error messages.

    Raises
    ------
    UserError
        If HU are higher than any CT has, and the words are no signed numbers near air or padding.
    """
    highest = float(words.max()) * slope + intercept
    if words.dtype != np.uint16 or slope < 0 or highest <= _BRIGHTEST_HU:
        return words
    above = words[words > (_BRIGHTEST_HU - intercept) / slope]
    if np.all((above >= _NEGATIVE_FROM) | (above == _LOWEST)):
        return words.view(np.int16)
    if above.size < _FEW * words.size and highest <= np.iinfo(np.int16).max:
        return words  # metal
    raise UserError(
        f"{path} does not hold HU",
        got=f"{100 * above.size / words.size:.2g} % of the pixels up to {highest:g} HU",
        then="signed numbers may be stored as unsigned ones; export the series again",
    )


def find_padding(
    words: NDArray[Any], pixels: StoredPixels, slope: float, intercept: float
) -> NDArray[np.bool_] | None:
    """Return the pixels that a header declares as padding and that are not air; None without any.

    Padding with the value of tissue counts only outside the field of view: if it is connected with
    a corner of the image.

    Parameters
    ----------
    words
        Stored values with their right sign, (rows, columns).
    pixels
        The description of the stored values.
    slope, intercept
        The rescaling to HU.
    """
    if pixels.padding is None:
        return None
    low, high = pixels.padding
    if words.dtype.kind == "i" and high >= 1 << (_WORD_BITS - 1):  # stated as unsigned numbers
        low, high = low - (1 << _WORD_BITS), high - (1 << _WORD_BITS)
    elif words.dtype.kind == "u" and low < 0:
        low, high = low + (1 << _WORD_BITS), high + (1 << _WORD_BITS)
    hu = sorted(value * slope + intercept for value in (low, high))
    if hu[1] < _AIR_HU:
        return None
    padding: NDArray[np.bool_] = (words >= low) & (words <= high)
    if hu[0] <= _BONE_HU:
        padding = _connected_with_corners(padding)
    return padding if padding.any() else None


def fill(hu: NDArray[Any], padding: NDArray[np.bool_] | None) -> NDArray[Any]:
    """Return HU with `PADDING_HU` for padding.

    Parameters
    ----------
    hu
        HU, (rows, columns); changed in place.
    padding
        The pixels of padding in the same shape, None without any.
    """
    if padding is not None:
        hu[padding] = PADDING_HU
    return hu


def _connected_with_corners(padding: NDArray[np.bool_]) -> NDArray[np.bool_]:
    rows, columns = padding.shape
    corners = [(0, 0), (0, rows - 1), (columns - 1, 0), (columns - 1, rows - 1)]
    seeds = [(x, y) for x, y in corners if padding[y, x]]
    if not seeds:
        return np.zeros_like(padding)
    image = sitk.GetImageFromArray(padding.astype(np.uint8))
    connected: NDArray[np.uint8] = sitk.GetArrayFromImage(
        sitk.ConnectedThreshold(image, seedList=seeds, lower=1, upper=1)
    )
    outside: NDArray[np.bool_] = connected != 0
    return outside


def _integer(value: object) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None
