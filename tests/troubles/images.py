"""Troubles of CT images: values that are no HU, damaged files, containers."""

from __future__ import annotations

import gzip
import re
import struct
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from lnmbench_table.manifest import Entry
from lnmbench_table.scans import list_files
from module_files import load_module
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, RLELossless

from lnmbench import UserError
from lnmbench.imaging.damaged_slices import require_sound_slices
from lnmbench.imaging.hounsfield import require_hu
from lnmbench.imaging.series import find_image
from lnmbench.records import Preprocessing, Volume

Voxels = NDArray[np.int16]


_writers = load_module(Path(__file__).parents[1] / "imaging" / "conftest.py", "writers_of_troubles")


def _chest() -> Voxels:
    """A chest of 8 × 32 × 32 voxels: air, fat, muscle, lungs and a vessel; no two slices alike."""
    z, y, x = np.mgrid[:8, -1:1:32j, -1:1:32j]
    hu = np.full(x.shape, -1000)
    hu[x**2 + y**2 < 0.9] = -100
    hu[x**2 + y**2 < 0.75] = 50
    hu[((np.abs(x) - 0.45) / 0.25) ** 2 + (y / 0.5) ** 2 < 1] = -850
    hu[x**2 + (y - 0.1) ** 2 < 0.02] = 200
    noise = np.random.default_rng(0).normal(0, 12, hu.shape)
    return np.clip(np.rint(hu + noise + 2 * z), -1024, 3000).astype(np.int16)


CHEST = _chest()
_RIM = np.broadcast_to(np.hypot(*np.mgrid[-1:1:32j, -1:1:32j]) > 1.05, CHEST.shape)


def _image(voxels: NDArray[np.generic]) -> sitk.Image:
    image = sitk.GetImageFromArray(voxels)
    image.SetSpacing((0.7, 0.8, 5.0))
    image.SetOrigin((-20.0, -30.0, -100.0))
    return image


def _read(path: Path) -> Voxels:
    """Return the voxels as ingest takes them."""
    image = find_image(path).image
    assert np.allclose(image.GetSpacing(), (0.7, 0.8, 5.0))
    assert np.allclose(image.GetOrigin(), (-20.0, -30.0, -100.0))
    volume = require_hu(Volume(image=image, mask=image), Preprocessing())
    return np.asarray(sitk.GetArrayFromImage(require_sound_slices(volume, Preprocessing()).image))


def _require_chest(path: Path, expected: Voxels = CHEST) -> None:
    np.testing.assert_array_equal(_read(path), expected)


def _require_refusal(path: Path, says: str) -> None:
    with pytest.raises(UserError, match=says) as refusal:
        _read(path)
    assert len(str(refusal.value)) < 600


def _write_series(folder: Path, change: Callable[[int, Dataset], None], **facts: object) -> Path:
    _writers.write_series(folder / "ct", CHEST, change=change, **facts)
    return folder / "ct"


# Values that are no HU


def other_scale(
    change: Callable[[NDArray[np.float64]], NDArray[np.float64]], says: str, folder: Path
) -> None:
    """Values of an earlier pipeline are refused in every format."""
    values = change(CHEST.astype(np.float64))
    kind = np.int16 if np.array_equal(values, np.rint(values)) else np.float32
    for name in ("ct.nii.gz", "ct.nrrd", "ct.mha"):
        sitk.WriteImage(_image(values.astype(kind)), folder / name)
        _require_refusal(folder / name, says)


def windowed_series(folder: Path) -> None:
    """A windowed copy of 8 bits that still carries the intercept, or 0."""
    gray = np.rint((np.clip(CHEST, -160, 240) + 160) / 400 * 255).astype(np.uint16)
    for intercept in (0, -1024):

        def change(index: int, header: Dataset, intercept: int = intercept) -> None:
            header.PixelData, header.RescaleIntercept = gray[index].tobytes(), intercept
            header.ImageType = ["DERIVED", "SECONDARY"]

        _require_refusal(_write_series(folder / str(intercept), change), "does not hold HU")


def padding_in_volume_files(folder: Path) -> None:
    """Padding of scanners and tools becomes air, before it is mixed into its neighbors."""
    for padding in (-2000, -3024, -32768):
        path = folder / f"{padding}.nrrd"
        sitk.WriteImage(_image(np.where(_RIM, padding, CHEST).astype(np.int16)), path)
        _require_chest(path, np.where(_RIM, -1024, CHEST).astype(np.int16))


def _pad(word: int, index: int, header: Dataset) -> None:
    words = np.frombuffer(header.PixelData, np.uint16).reshape(32, 32).copy()
    words[_RIM[index]] = word
    header.PixelData = words.tobytes()


def padding_in_unsigned_words(folder: Path) -> None:
    """Padding of −2000 or 8000H in words that the header calls unsigned, stated or not."""
    for word, stated in ((63536, True), (63536, False), (62512, False), (32768, False)):

        def change(index: int, header: Dataset, word: int = word, stated: bool = stated) -> None:
            _pad(word, index, header)
            if stated:
                header.add_new("PixelPaddingValue", "US", word)

        path = _write_series(folder / f"{word}{stated}", change)
        _require_chest(path, np.where(_RIM, -1024, CHEST).astype(np.int16))


def signed_in_unsigned_words(folder: Path) -> None:
    """HU with an intercept of 0 in words that the header calls unsigned: air at 64536."""

    def change(index: int, header: Dataset) -> None:
        header.PixelData, header.RescaleIntercept = CHEST[index].tobytes(), 0

    _require_chest(_write_series(folder, change))


def signed_12_bits_in_unsigned_words(folder: Path) -> None:
    """The same in 12 bits, where air is at 3096: it cannot be told from bone, so it is refused."""

    def change(index: int, header: Dataset) -> None:
        header.PixelData = (CHEST[index].astype(np.uint16) & 0xFFF).tobytes()
        header.RescaleIntercept, header.BitsStored, header.HighBit = 0, 12, 11

    _require_refusal(_write_series(folder, change), "does not hold HU")


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

        _require_chest(_write_series(folder / str(signed), change))


# Damaged or incomplete files


def damaged_stream(folder: Path) -> None:
    """A compressed stream that is cut, changed, or followed by garbage."""
    for name in ("ct.mha", "ct.nrrd", "ct.nii.gz"):
        path = folder / name
        sitk.WriteImage(_image(CHEST), path, useCompression=True)
        whole = path.read_bytes()
        middle = len(whole) // 2
        flipped = whole[:middle] + bytes(255 - b for b in whole[middle : middle + 8])
        for content in (whole[:-60], flipped + whole[middle + 8 :], whole + b"garbage"):
            path.write_bytes(content)
            _require_refusal(path, "truncated|damaged")


def header_without_position(folder: Path) -> None:
    """A header around raw voxels that says nothing of spacing, origin or directions."""
    for name, fields in (
        ("ct.mhd", ("ElementSpacing", "Offset", "TransformMatrix")),
        ("ct.nhdr", ("space directions", "space origin", "space")),
    ):
        for field in fields:
            sitk.WriteImage(_image(CHEST), folder / name)
            lines = (folder / name).read_text(encoding="utf-8").splitlines(keepends=True)
            kept = [line for line in lines if not re.match(f"{field} ?[:=]", line)]
            assert len(kept) == len(lines) - 1
            (folder / name).write_text("".join(kept), encoding="utf-8")
            _require_refusal(folder / name, "does not state its position in the patient")


def nrrd_spaces(folder: Path) -> None:
    """RAS and LAS are read right; spaces that say nothing of the patient are refused."""
    head = (
        "NRRD0005\ntype: int16\ndimension: 3\nspace: {}\nsizes: 32 32 8\nspace directions: "
        "({},0,0) (0,{},0) (0,0,5)\nendian: little\nencoding: raw\nspace origin: ({},{},-100)\n\n"
    )
    for space, x, y in (
        *(("right-anterior-superior", -1, -1), ("left-anterior-superior", 1, -1)),
        *(("LPS", 1, 1), ("scanner-xyz", 1, 1), ("3D-right-handed", 1, 1)),
        *(("3D-left-handed", 1, 1), ("unknown", 1, 1)),
    ):
        text = head.format(space, 0.7 * x, 0.8 * y, -20 * x, -30 * y)
        (folder / "ct.nrrd").write_bytes(text.encode() + CHEST.tobytes())
        if "superior" in space or space == "LPS":
            image = sitk.DICOMOrient(find_image(folder / "ct.nrrd").image, "LPS")
            first = image.TransformContinuousIndexToPhysicalPoint((0, 0, 0))
            assert np.allclose(image.GetSpacing(), (0.7, 0.8, 5.0))
            flipped = CHEST[:, ::y, ::x]
            assert sorted(sitk.GetArrayFromImage(image).ravel()) == sorted(flipped.ravel())
            assert np.isclose(first[2], -100)
        else:
            _require_refusal(folder / "ct.nrrd", "a space that names no anatomy")


def spacing_of_nothing(folder: Path) -> None:
    """A spacing of 0, below 0, NaN or kilometers in every format."""
    for wrong in ("0", "-0.7", "nan", "7e5"):
        for name, old, new in (
            ("ct.mha", r"ElementSpacing = \S+", f"ElementSpacing = {wrong}"),
            ("ct.nrrd", r"space directions: \([^,]*", f"space directions: ({wrong}"),
        ):
            sitk.WriteImage(_image(CHEST), folder / name)
            content = (folder / name).read_bytes()
            changed = re.sub(old.encode(), new.encode(), content, count=1)
            (folder / name).write_bytes(changed)
            if (name, wrong) != ("ct.nrrd", "-0.7"):  # there it is a direction
                _require_refusal(folder / name, "spacing|not numbers")
        sitk.WriteImage(_image(CHEST), folder / "ct.nii")
        header = bytearray((folder / "ct.nii").read_bytes())
        struct.pack_into("<f", header, 80, float(wrong))
        struct.pack_into("<h", header, 254, 0)
        (folder / "ct.nii").write_bytes(header)
        _require_refusal(folder / "ct.nii", "voxel size of 0|NaN or infinity|voxel spacing")


def data_file_elsewhere(folder: Path) -> None:
    """A header may name files of its own folder alone; these are sources of the cohort."""
    (folder / "case").mkdir()
    (folder / "secret.raw").write_bytes(CHEST.tobytes())
    path = folder / "case" / "ct.mhd"
    sitk.WriteImage(_image(CHEST), path)
    header = path.read_text(encoding="utf-8")
    entry = Entry(case="A", origin="", image=path, region=path)
    assert list(list_files([entry])) == [path, path.with_suffix(".raw")]
    for name in ("../secret.raw", str(folder / "secret.raw"), "..\\secret.raw"):
        path.write_text(header.replace("ct.raw", name), encoding="utf-8")
        _require_refusal(path, "names a data file outside its own folder")
        assert list(list_files([entry])) == [path]


# Containers


def companions(folder: Path) -> None:
    """Companions of macOS and files of Windows lie between the slices."""
    path = _write_series(folder, lambda index, header: None)
    for file in list(path.iterdir()):
        (path / f"._{file.name}").write_bytes(b"\0\5\x16\7\0\2\0\0" + bytes(4088))
    for name in (".DS_Store", "Thumbs.db"):
        (path / name).write_bytes(bytes(4096))
    (path / "__MACOSX").mkdir()
    (path / "__MACOSX" / "000.dcm").write_bytes(b"x")
    _require_chest(path)


def no_preamble(folder: Path) -> None:
    """All files, or the last three, lack preamble and suffix."""
    for first in (0, 5):
        path = _write_series(
            folder / str(first), lambda index, header: None, name="IM{:03d}".format
        )
        for file in sorted(path.iterdir())[first:]:
            header = pydicom.dcmread(file)
            del header.file_meta
            header.preamble = None
            header.save_as(file, implicit_vr=bool(first), little_endian=True)
        _require_chest(path)


def deflated(folder: Path) -> None:
    """Deflated files are read as a whole."""

    def change(_: int, header: Dataset) -> None:
        header.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian

    _require_chest(_write_series(folder, change))


def deflated_bomb(folder: Path) -> None:
    """A small deflated file that unpacks to more than any CT, with the header of a slice."""

    def deflate(index: int, header: Dataset) -> None:
        header.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian

    path = _write_series(folder, deflate)
    content = (path / "004.dcm").read_bytes()
    start = 144 + struct.unpack_from("<I", content, 140)[0]
    body = zlib.decompress(content[start:], -zlib.MAX_WBITS) + bytes(5 << 20)
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    (path / "004.dcm").write_bytes(content[:start] + packer.compress(body) + packer.flush())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lnmbench.imaging.headers._MOST_UNPACKED_BYTES", 4 << 20)
        _require_refusal(path, r"004\.dcm unpacks to more than 4 MiB")


def localizer_within_a_series(folder: Path) -> None:
    """The scout has the UID of its series; it is left out and named."""
    path = _write_series(folder, lambda index, header: None)

    def scout(_: int, header: Dataset) -> None:
        header.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
        header.ImageOrientationPatient = [1, 0, 0, 0, 0, -1]

    _writers.write_series(path, CHEST[:1], name="A_scout{}".format, change=scout)
    _require_chest(path)
    assert "1 localizer" in find_image(path).warnings[0]


def series_of_each_slice(folder: Path) -> None:
    """An anonymizer wrote a SeriesInstanceUID for each slice."""

    def change(index: int, header: Dataset) -> None:
        header.SeriesInstanceUID = f"1.2.9.{index}"

    path = _write_series(folder / "alike", change)
    _require_chest(path)
    assert find_image(path).warnings[0].startswith("joined images")

    def renumber(index: int, header: Dataset) -> None:
        change(index, header)
        header.SeriesNumber = index

    _require_refusal(_write_series(folder / "other", renumber), r"left out 8 series \(one image\)")


def gzip_whatever_the_name(folder: Path) -> None:
    """A packed .nii, a plain .nii.gz; other formats that are packed as a whole are named."""
    sitk.WriteImage(_image(CHEST), folder / "a.nii")
    plain = (folder / "a.nii").read_bytes()
    (folder / "b.nii.gz").write_bytes(plain)
    (folder / "a.nii").write_bytes(gzip.compress(plain))
    _require_chest(folder / "a.nii")
    _require_chest(folder / "b.nii.gz")
    for name in ("ct.mha", "ct.nrrd"):
        sitk.WriteImage(_image(CHEST), folder / name)
        (folder / name).write_bytes(gzip.compress((folder / name).read_bytes()))
        _require_refusal(folder / name, "is packed with gzip; unpack it first")


def linked_folder(folder: Path) -> None:
    """The folder of a patient is a link, and one of its links leads back to itself."""
    path = _write_series(folder / "store", lambda index, header: None)
    (path / "again").symlink_to(path.parent)
    (folder / "P1").mkdir()
    (folder / "P1" / "ct").symlink_to(path)
    _require_chest(folder / "P1")


def not_a_ct(folder: Path) -> None:
    """MR, PET, dose and segmentations given as the volume are named."""
    for modality in ("MR", "PT", "RTDOSE", "SEG"):

        def change(_: int, header: Dataset, modality: str = modality) -> None:
            header.Modality = modality

        _require_refusal(
            _write_series(folder / modality, change), f"expected modality CT, got {modality}"
        )


def rescaling_is_missing(folder: Path) -> None:
    """Without slope or intercept, or with values of another type, there are no HU."""

    def drop(name: str, _: int, header: Dataset) -> None:
        delattr(header, name)

    for name in ("RescaleSlope", "RescaleIntercept"):
        _require_refusal(_write_series(folder / name, partial(drop, name)), f"no usable {name}")

    def other_type(_: int, header: Dataset) -> None:
        header.RescaleType = "OD"

    _require_refusal(_write_series(folder / "type", other_type), "does not hold HU")


# Slices and headers that converters spoil


def lost_slices(folder: Path) -> None:
    """An interrupted transfer left zeros in a slice, or in its second half."""
    for length in (0, 16 * 32 * 2):

        def change(index: int, header: Dataset, length: int = length) -> None:
            if index == 4:
                header.PixelData = header.PixelData[:length].ljust(len(header.PixelData), b"\0")

        _require_refusal(_write_series(folder / str(length), change), "slice 5 of 8 with one value")


def repeated_slice(folder: Path) -> None:
    """A missing slice was filled with a copy of the one before, at a position of its own."""

    def change(index: int, header: Dataset) -> None:
        if index == 5:
            header.PixelData = (CHEST[4].astype(int) + 1024).astype(np.uint16).tobytes()

    _require_refusal(_write_series(folder, change), "slice 6 of 8 with the same voxels")


def intercept_of_one_slice(folder: Path) -> None:
    """One slice has an intercept of -624, all others one of -1024."""

    def change(index: int, header: Dataset) -> None:
        header.RescaleIntercept = -624 if index == 3 else -1024

    _require_refusal(_write_series(folder, change), "slice 4 of 8 about 39. HU away")


def header_size_within_a_header(folder: Path) -> None:
    """A HeaderSize in the header of a .mha, by which the reader begins within the header."""
    path = folder / "ct.mha"
    sitk.WriteImage(_image(CHEST), path)
    content = path.read_bytes()
    for size, says in ((100, "a HeaderSize"), (-1, "")):
        line = f"HeaderSize = {size}\nElementType".encode()
        path.write_bytes(content.replace(b"ElementType", line))
        _require_refusal(path, says) if says else _require_chest(path)


def identity_affine(folder: Path) -> None:
    """A CT saved from an array without its geometry, by nibabel (RAS) or SimpleITK (LPS)."""
    for sides in ((1, 1, 1), (-1, -1, 1)):
        for suffix in ("nii.gz", "nrrd", "mha"):
            image = sitk.GetImageFromArray(CHEST)
            image.SetDirection(np.diag(sides).ravel().astype(float).tolist())
            sitk.WriteImage(image, folder / f"ct.{suffix}")
            _require_refusal(folder / f"ct.{suffix}", "software dropped the geometry")


def axis_of_one_number(folder: Path) -> None:
    """An NRRD with a list axis of one number per voxel, in front or behind."""
    path = folder / "ct.nrrd"
    vectors = ["(0.7,0,0)", "(0,0.8,0)", "(0,0,5)"]
    sizes = ["32", "32", "8"]
    kinds = ["domain"] * 3
    for place in (0, 3):
        fields = {
            "type": "short",
            "dimension": "4",
            "space": "left-posterior-superior",
            "sizes": " ".join((*sizes[:place], "1", *sizes[place:])),
            "space directions": " ".join((*vectors[:place], "none", *vectors[place:])),
            "kinds": " ".join((*kinds[:place], "list", *kinds[place:])),
            "endian": "little",
            "encoding": "raw",
            "space origin": "(-20,-30,-100)",
        }
        lines = "".join(f"{name}: {value}\n" for name, value in fields.items())
        path.write_bytes(f"NRRD0004\n{lines}\n".encode() + CHEST.tobytes())
        _require_chest(path)


TROUBLES: dict[str, Callable[[Path], None]] = {
    "slices were lost": lost_slices,
    "a slice is a copy of the one before": repeated_slice,
    "one slice has another intercept": intercept_of_one_slice,
    "a header size within the header": header_size_within_a_header,
    "an axis of one number": axis_of_one_number,
    "a CT was saved with an identity affine": identity_affine,
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
        other_scale, lambda hu: np.where(_RIM, -2000, hu + 1024), "nothing below 0|near 1000"
    ),
    "an intercept applied twice": partial(other_scale, lambda hu: hu - 1024, "applied twice"),
    "a windowed series": windowed_series,
    "padding far below air": padding_in_volume_files,
    "padding in unsigned words": padding_in_unsigned_words,
    "signed numbers in unsigned words": signed_in_unsigned_words,
    "signed 12 bits in unsigned words": signed_12_bits_in_unsigned_words,
    "an overlay in compressed words": overlay_in_compressed_words,
    "a damaged stream": damaged_stream,
    "a header without position": header_without_position,
    "spaces of NRRD": nrrd_spaces,
    "a spacing of nothing": spacing_of_nothing,
    "a data file elsewhere": data_file_elsewhere,
    "companion files": companions,
    "no preamble": no_preamble,
    "deflated files": deflated,
    "a deflated file that unpacks to gigabytes": deflated_bomb,
    "a localizer within a series": localizer_within_a_series,
    "a series for each slice": series_of_each_slice,
    "gzip whatever the name": gzip_whatever_the_name,
    "a linked folder": linked_folder,
    "not a CT": not_a_ct,
    "rescaling is missing": rescaling_is_missing,
}
