"""Troubles of CT images: damaged, lost, mixed and unusual files of a DICOM series."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from chest_images import (
    CHEST,
    WRITERS,
    make_image,
    require_chest,
    require_refusal,
    write_chest_series,
)
from pydicom.dataset import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian

from lnmbench.imaging.series import find_image


def damaged_stream(folder: Path) -> None:
    """A compressed stream that is cut, changed, or followed by garbage."""
    for name in ("ct.mha", "ct.nrrd", "ct.nii.gz"):
        path = folder / name
        sitk.WriteImage(make_image(CHEST), path, useCompression=True)
        whole = path.read_bytes()
        middle = len(whole) // 2
        flipped = whole[:middle] + bytes(255 - b for b in whole[middle : middle + 8])
        for content in (whole[:-60], flipped + whole[middle + 8 :], whole + b"garbage"):
            path.write_bytes(content)
            require_refusal(path, "truncated|damaged")


def companions(folder: Path) -> None:
    """Companions of macOS and files of Windows lie between the slices."""
    path = write_chest_series(folder, lambda index, header: None)
    for file in list(path.iterdir()):
        (path / f"._{file.name}").write_bytes(b"\0\5\x16\7\0\2\0\0" + bytes(4088))
    for name in (".DS_Store", "Thumbs.db"):
        (path / name).write_bytes(bytes(4096))
    (path / "__MACOSX").mkdir()
    (path / "__MACOSX" / "000.dcm").write_bytes(b"x")
    require_chest(path)


def no_preamble(folder: Path) -> None:
    """All files, or the last three, lack preamble and suffix."""
    for first in (0, 5):
        path = write_chest_series(
            folder / str(first), lambda index, header: None, name="IM{:03d}".format
        )
        for file in sorted(path.iterdir())[first:]:
            header = pydicom.dcmread(file)
            del header.file_meta
            header.preamble = None
            header.save_as(file, implicit_vr=bool(first), little_endian=True)
        require_chest(path)


def deflated(folder: Path) -> None:
    """Deflated files are read as a whole."""

    def change(_: int, header: Dataset) -> None:
        header.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian

    require_chest(write_chest_series(folder, change))


def deflated_bomb(folder: Path) -> None:
    """A small deflated file that unpacks to more than any CT, with the header of a slice."""

    def deflate(index: int, header: Dataset) -> None:
        header.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian

    path = write_chest_series(folder, deflate)
    content = (path / "004.dcm").read_bytes()
    start = 144 + struct.unpack_from("<I", content, 140)[0]
    body = zlib.decompress(content[start:], -zlib.MAX_WBITS) + bytes(5 << 20)
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    (path / "004.dcm").write_bytes(content[:start] + packer.compress(body) + packer.flush())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lnmbench.imaging.headers._MOST_UNPACKED_BYTES", 4 << 20)
        require_refusal(path, r"004\.dcm unpacks to more than 4 MiB")


def localizer_within_a_series(folder: Path) -> None:
    """The scout has the UID of its series; it is left out and named."""
    path = write_chest_series(folder, lambda index, header: None)

    def scout(_: int, header: Dataset) -> None:
        header.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
        header.ImageOrientationPatient = [1, 0, 0, 0, 0, -1]

    WRITERS.write_series(path, CHEST[:1], name="A_scout{}".format, change=scout)
    require_chest(path)
    assert "1 localizer" in find_image(path).warnings[0]


def series_of_each_slice(folder: Path) -> None:
    """An anonymizer wrote a SeriesInstanceUID for each slice."""

    def change(index: int, header: Dataset) -> None:
        header.SeriesInstanceUID = f"1.2.9.{index}"

    path = write_chest_series(folder / "alike", change)
    require_chest(path)
    assert find_image(path).warnings[0].startswith("joined images")

    def renumber(index: int, header: Dataset) -> None:
        change(index, header)
        header.SeriesNumber = index

    require_refusal(
        write_chest_series(folder / "other", renumber), r"left out 8 series \(one image\)"
    )


def linked_folder(folder: Path) -> None:
    """The folder of a patient is a link, and one of its links leads back to itself."""
    path = write_chest_series(folder / "store", lambda index, header: None)
    (path / "again").symlink_to(path.parent)
    (folder / "P1").mkdir()
    (folder / "P1" / "ct").symlink_to(path)
    require_chest(folder / "P1")


def not_a_ct(folder: Path) -> None:
    """MR, PET, dose and segmentations given as the volume are named."""
    for modality in ("MR", "PT", "RTDOSE", "SEG"):

        def change(_: int, header: Dataset, modality: str = modality) -> None:
            header.Modality = modality

        require_refusal(
            write_chest_series(folder / modality, change), f"expected modality CT, got {modality}"
        )


def lost_slices(folder: Path) -> None:
    """An interrupted transfer left zeros in a slice, or in its second half."""
    for length in (0, 16 * 32 * 2):

        def change(index: int, header: Dataset, length: int = length) -> None:
            if index == 4:
                header.PixelData = header.PixelData[:length].ljust(len(header.PixelData), b"\0")

        require_refusal(
            write_chest_series(folder / str(length), change), "slice 5 of 8 with one value"
        )


def repeated_slice(folder: Path) -> None:
    """A missing slice was filled with a copy of the one before, at a position of its own."""

    def change(index: int, header: Dataset) -> None:
        if index == 5:
            header.PixelData = (CHEST[4].astype(int) + 1024).astype(np.uint16).tobytes()

    require_refusal(write_chest_series(folder, change), "slice 6 of 8 with the same voxels")


TROUBLES: dict[str, Callable[[Path], None]] = {
    "slices were lost": lost_slices,
    "a slice is a copy of the one before": repeated_slice,
    "a damaged stream": damaged_stream,
    "companion files": companions,
    "no preamble": no_preamble,
    "deflated files": deflated,
    "a deflated file that unpacks to gigabytes": deflated_bomb,
    "a localizer within a series": localizer_within_a_series,
    "a series for each slice": series_of_each_slice,
    "a linked folder": linked_folder,
    "not a CT": not_a_ct,
}
