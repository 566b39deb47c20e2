"""Damaged or unsuitable CT series and volume files."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import SimpleITK as sitk
from module_files import load_module
from pydicom.dataset import Dataset

from lnmbench.imaging.damaged_slices import require_sound_slices
from lnmbench.imaging.hounsfield import require_hu
from lnmbench.imaging.series import read_image
from lnmbench.records import Preprocessing, Volume

Change = Callable[[int, Dataset], None]


_made = load_module(Path(__file__).parents[1] / "imaging" / "conftest.py", "made_for_damage")


def _changed(change: Change, **facts: object) -> Callable[[Path], object]:
    """Return a function that reads a series of six slices with changed headers."""

    def read(folder: Path) -> object:
        _made.write_series(folder, _made.hu_of(6), change=change, **facts)
        return read_image(folder)

    return read


def _set(**values: object) -> Change:
    def change(_: int, header: Dataset) -> None:
        for name, value in values.items():
            setattr(header, name, value)

    return change


def _without(*names: str) -> Change:
    def change(_: int, header: Dataset) -> None:
        for name in names:
            delattr(header, name)

    return change


def _at(index: int, change: Change) -> Change:
    def only_there(at: int, header: Dataset) -> None:
        if at == index:
            change(at, header)

    return only_there


def _places(*places: float) -> Change:
    def change(index: int, header: Dataset) -> None:
        header.ImagePositionPatient = [-20.0, -30.0, places[index]]

    return change


def _syntax(uid: str) -> Callable[[Path], object]:
    def change(_: int, header: Dataset) -> None:
        header.file_meta.TransferSyntaxUID = pydicom.uid.UID(uid)
        header.PixelData = pydicom.encaps.encapsulate([b"\xff\x4f" + bytes(60)])
        header["PixelData"].VR = "OB"
        header["PixelData"].is_undefined_length = True

    return _changed(change)


def _bytes(old: bytes, new: bytes) -> Callable[[Path], object]:
    """Return a function that reads a series with changed bytes in one header."""

    def read(folder: Path) -> object:
        path = _made.write_series(folder, _made.hu_of(6))[2]
        content = path.read_bytes()
        assert old in content
        path.write_bytes(content.replace(old, new, 1))
        return read_image(folder)

    return read


def _text(name: str, old: str, new: str) -> Callable[[Path], object]:
    """Return a function that reads a volume file with a changed text in its header."""

    def read(folder: Path) -> object:
        path = folder / name
        sitk.WriteImage(_image(), path)
        content = path.read_bytes()
        assert old.encode() in content
        path.write_bytes(content.replace(old.encode(), new.encode(), 1))
        return read_image(path)

    return read


def _missing(folder: Path) -> object:
    paths = _made.write_series(folder, _made.hu_of(6))
    paths[2].unlink()
    return read_image(folder)


def _cut(folder: Path) -> object:
    paths = _made.write_series(folder, _made.hu_of(6))
    paths[3].write_bytes(paths[3].read_bytes()[:-500])
    return read_image(folder)


def _empty_slice(folder: Path) -> object:
    paths = _made.write_series(folder, _made.hu_of(6))
    paths[5].write_bytes(b"")
    return read_image(folder)


def _twice(folder: Path) -> object:
    paths = _made.write_series(folder, _made.hu_of(6))
    (folder / "copy of 003").write_bytes(paths[3].read_bytes())
    return read_image(folder)


def _two_patients(folder: Path) -> object:
    for name in ("a", "b"):
        _made.write_series(folder / name, _made.hu_of(3), uid=f"1.{ord(name)}", patient=name)
    return read_image(folder)


def _several_scans(folder: Path) -> object:
    for number in (2, 3):
        change = _set(FrameOfReferenceUID=f"1.2.{number}")
        hu = _made.hu_of(number + 1)
        _made.write_series(
            folder / str(number), hu, uid=f"1.2.3.{number}", number=number, change=change
        )
    return read_image(folder)


def _repeated_frame(folder: Path) -> object:
    _made.write_enhanced(folder / "enhanced.dcm", _made.hu_of(4), [0, 1, 1, 2])
    return read_image(folder)


def _undescribed_frames(folder: Path) -> object:
    path = folder / "enhanced.dcm"
    _made.write_enhanced(path, _made.hu_of(4), [0, 1, 2, 3])
    header = pydicom.dcmread(path)
    header.NumberOfFrames = 400
    header.save_as(path)
    return read_image(folder)


def _empty_folder(folder: Path) -> object:
    (folder / "notes.txt").write_text("nothing")
    return read_image(folder)


def _foreign(name: str, content: bytes) -> Callable[[Path], object]:
    """Return a function that reads a file that is no image."""

    def read(folder: Path) -> object:
        (folder / name).write_bytes(content)
        return read_image(folder / name)

    return read


def _many_series(folder: Path) -> object:
    def change(index: int, header: Dataset) -> None:
        header.SeriesInstanceUID, header.SeriesNumber = f"1.2.{index}", index

    _made.write_series(folder, _made.hu_of(40), change=change)
    return read_image(folder)


def _bright(_: int, header: Dataset) -> None:
    words = np.frombuffer(header.PixelData, np.uint16).copy()
    words[::2] = 45000
    header.PixelData = words.tobytes()


def _absent(folder: Path) -> object:
    return read_image(folder / "ct.nii.gz")


def _image(hu: np.ndarray | None = None, *, vector: bool = False) -> sitk.Image:
    hu = _made.hu_of(4) if hu is None else hu
    image = sitk.GetImageFromArray(hu, isVector=vector)
    image.SetSpacing((0.7, 0.7, 5.0, 1.0)[: image.GetDimension()])
    return image


def _file(name: str, image: Callable[[], sitk.Image], part: float = 1) -> Callable[[Path], object]:
    """Return a function that reads a truncated volume file."""

    def read(folder: Path) -> object:
        path = folder / name
        sitk.WriteImage(image(), path)
        whole = path.read_bytes()
        path.write_bytes(whole[: int(part * len(whole))])
        return read_image(path)

    return read


def _nifti(**fields: tuple[int, str, float]) -> Callable[[Path], object]:
    """Return a function that reads a NIfTI file with changed fields (offset, type, value)."""

    def read(folder: Path) -> object:
        path = folder / "ct.nii.gz"
        sitk.WriteImage(_image(), path)
        content = bytearray(gzip.decompress(path.read_bytes()))
        for offset, kind, value in fields.values():
            struct.pack_into(f"<{kind}", content, offset, value)
        path.write_bytes(gzip.compress(bytes(content)))
        return read_image(path)

    return read


def _packed(name: str, flip: int) -> Callable[[Path], object]:
    """Return a function that reads a compressed volume file with a changed byte."""

    def read(folder: Path) -> object:
        path = folder / name
        sitk.WriteImage(_image(), path, useCompression=True)
        content = bytearray(path.read_bytes())
        content[flip] ^= 0xFF
        path.write_bytes(content)
        return read_image(path)

    return read


def _detached(name: str) -> Callable[[Path], object]:
    """Return a function that reads an MHD that names another data file."""

    def read(folder: Path) -> object:
        path = folder / "ct.mhd"
        sitk.WriteImage(_image(), path)
        header = path.read_text(encoding="utf-8")
        path.write_text(header.replace("ct.raw", name), encoding="utf-8")
        return read_image(path)

    return read


def _whole_packed(folder: Path) -> object:
    path = folder / "ct.mha"
    sitk.WriteImage(_image(), path)
    path.write_bytes(gzip.compress(path.read_bytes()))
    return read_image(path)


def _plain_nrrd(folder: Path) -> object:
    path = folder / "ct.nrrd"
    header = "NRRD0004\ntype: int16\ndimension: 3\nsizes: 4 4 4\nspacings: 1 1 5\n"
    path.write_bytes(f"{header}endian: little\nencoding: raw\n\n".encode() + bytes(128))
    return read_image(path)


def _renamed(folder: Path) -> object:
    path = folder / "ct.nrrd"
    path.write_text("this is no image\n")
    return read_image(path)


def _with_nan() -> sitk.Image:
    hu = _made.hu_of(4).astype(np.float32)
    hu[0, 0, 0] = np.nan
    return _image(hu)


def _values(
    change: Callable[[np.ndarray], np.ndarray], kind: type = np.int16
) -> Callable[[Path], object]:
    """Return a function that ingests a volume with other values than HU."""

    def read(folder: Path) -> object:
        path = folder / "ct.nii.gz"
        sitk.WriteImage(_image(change(_made.hu_of(4)).astype(kind)), path)
        image = read_image(path)
        volume = require_hu(Volume(image=image, mask=image), Preprocessing())
        return require_sound_slices(volume, Preprocessing())

    return read


def _slices(*order: int, value: int | None = None) -> Callable[[Path], object]:
    """Return a function that ingests a volume of these slices; a value replaces the third one."""

    def change(hu: np.ndarray) -> np.ndarray:
        hu = hu[list(order)]
        hu[2] = hu[2] if value is None else value
        return hu

    return _values(change)


def _without_geometry() -> sitk.Image:
    return sitk.GetImageFromArray(_made.hu_of(4))


KINDS: dict[str, Callable[[Path], object]] = {
    "a slice is missing": _missing,
    "slices unevenly spaced": _changed(_places(0, 5, 10, 12, 14, 16)),
    "a repeated slice": _twice,
    "two phases in one series": _changed(_places(0, 5, 10, 0, 5, 10)),
    "a repeated frame in an enhanced CT": _repeated_frame,
    "an enhanced CT that does not describe its frames": _undescribed_frames,
    "a tilted gantry": _changed(_set(), step=(0.0, 1.0, 5.0)),
    "a localizer": _changed(_set(ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])),
    "images that are turned against the others": _changed(
        _at(0, _set(ImageOrientationPatient=[1, 0, 0, 0, 0.9, 0.4359]))
    ),
    "two pixel spacings in one series": _changed(_at(4, _set(PixelSpacing=[0.5, 0.5]))),
    "a single slice": lambda folder: (
        _made.write_series(folder, _made.hu_of(1)),
        read_image(folder),
    ),
    "an image that is not CT": _changed(_set(Modality="PT")),
    "a color image": _changed(_set(SamplesPerPixel=3)),
    "no rescale slope": _changed(_without("RescaleSlope")),
    "values that are not HU": _changed(_set(RescaleType="MGML")),
    "no position": _changed(_without("ImagePositionPatient")),
    "no orientation": _changed(_without("ImageOrientationPatient")),
    "a broken orientation": _changed(_set(), orientation=(1.0, 0.0, 0.0, 1.0, 0.0, 0.0)),
    "a pixel spacing of zero": _changed(_set(PixelSpacing=[0, 0])),
    "a pixel spacing of meters": _changed(_set(PixelSpacing=["1e30", "1e30"])),
    "slices 40 cm apart": _changed(_places(0, 400, 800, 1200, 1600, 2000)),
    "slices kilometers apart": _changed(_places(0, 1e7, 2e7, 3e7, 4e7, 5e7)),
    "an implausible rescale slope": _changed(_set(RescaleSlope="1e300")),
    "more rows than any CT has": _changed(_set(Rows=65535, Columns=65535)),
    "more rows than the file holds": _changed(_set(Rows=4000, Columns=4000)),
    "a modality that continues into the patient's name": _bytes(b"CS\2\0CT", b"CS\x7e\0CT"),
    "a header with unknown kinds of values": _bytes(b"\x18\0UI", b"\x18\0\x55\xd1"),
    "no pixel data": _changed(_without("PixelData")),
    "truncated pixel data": _cut,
    "an empty file among the slices": _empty_slice,
    "a compression without a decoder": _syntax("1.2.840.10008.1.2.4.201"),
    "an unknown transfer syntax": _syntax("9.9.9"),
    "damaged JPEG 2000": _syntax("1.2.840.10008.1.2.4.90"),
    "two patients in one folder": _two_patients,
    "two scans in one folder": _several_scans,
    "a folder without images": _empty_folder,
    "a zip archive": _foreign("ct.zip", b"PK\3\4" + bytes(64)),
    "an Analyze file": _foreign("ct.hdr", b"\x5c\1\0\0" + bytes(344)),
    "a companion file of macOS": _foreign("._ct", b"\0\5\x16\7" + bytes(64)),
    "many series of one image": _many_series,
    "pixels brighter than any CT": _changed(_bright),
    "no such file": _absent,
    "a truncated NIfTI": _file("ct.nii", _image, 0.6),
    "a truncated NIfTI (.nii.gz)": _file("ct.nii.gz", _image, 0.6),
    "a truncated NRRD": _file("ct.nrrd", _image, 0.6),
    "a truncated MHA": _file("ct.mha", _image, 0.6),
    "a NIfTI without qform and sform": _nifti(qform=(252, "h", 0), sform=(254, "h", 0)),
    "a NIfTI whose qform and sform disagree": _nifti(origin=(268, "f", 99.0)),
    "a NIfTI whose sform is scaled": _nifti(row=(280, "f", -7.0)),
    "a NIfTI with NaN in its directions": _nifti(row=(284, "f", np.nan)),
    "a NIfTI with NaN in its origin": _nifti(origin=(292, "f", np.nan)),
    "a NIfTI without an offset of its voxels": _nifti(start=(108, "f", np.nan)),
    "a NIfTI without sizes": _nifti(dimensions=(40, "h", 0)),
    "a NIfTI with fewer voxels than declared": _nifti(
        dimensions=(40, "h", 7), **{f"n{i}": (42 + 2 * i, "h", 32767) for i in range(7)}
    ),
    "a NIfTI with an implausible slope": _nifti(slope=(112, "f", 1e30), offset=(116, "f", -1e33)),
    "an MHA with NaN in its position": _text("ct.mha", "Offset = 0", "Offset = nan"),
    "an MHA of a million axes": _text("ct.mha", "NDims = 3", "NDims = 99999999"),
    "an MHA whose directions are too long": _text("ct.mha", "Matrix = 1 0", "Matrix = 2 0"),
    "a compressed MHA with a damaged byte": _packed("ct.mha", flip=-60),
    "a compressed NRRD with a damaged byte": _packed("ct.nrrd", flip=-6),
    "a NIfTI with a wrong checksum": _packed("ct.nii.gz", flip=-6),
    "a NIfTI with a voxel size of zero": _nifti(x=(76 + 4, "f", 0)),
    "an Analyze 7.5 file named .nii": _nifti(magic=(344, "i", 0)),
    "an MHA without spacing": _text("ct.mha", "ElementSpacing", "Spacing"),
    "an MHA without origin": _text("ct.mha", "Offset", "Where"),
    "an MHA with more voxels than declared": _text(
        "ct.mha", "DimSize = 32 32 4", "DimSize = 32 32 3"
    ),
    "an MHD whose data file is missing": _detached("absent.raw"),
    "an MHD that names a file elsewhere": _detached("../ct.raw"),
    "an MHA packed as a whole": _whole_packed,
    "an NRRD in scanner coordinates": _text("ct.nrrd", "left-posterior-superior", "scanner-xyz"),
    "an NRRD without origin": _text("ct.nrrd", "space origin", "unknown"),
    "an NRRD packed with bzip2": _text("ct.nrrd", "encoding: raw", "encoding: bz2"),
    "an NRRD kilometers away": _text("ct.nrrd", "origin: (0", "origin: (1e30"),
    "an NRRD without space": _plain_nrrd,
    "a text file named .nrrd": _renamed,
    "a 4D volume": _file("ct.nii.gz", lambda: _image(np.stack([_made.hu_of(4)] * 2))),
    "a vector image": _file("ct.mha", lambda: _image(np.zeros((4, 8, 8, 3), "f4"), vector=True)),
    "a volume with NaN": _file("ct.nrrd", _with_nan),
    "a NIfTI with NaN": _file("ct.nii", _with_nan),
    "a NIfTI with NaN (.nii.gz)": _file("ct.nii.gz", _with_nan),
    "a mask instead of the image": _values(lambda hu: hu > 0),
    "a windowed volume": _values(lambda hu: hu.clip(-160, 240) + 160),
    "a volume that is cut off at a window": _values(lambda hu: hu.clip(-160, 240)),
    "a volume of 8 bits": _values(lambda hu: (hu + 1024) // 6, np.uint8),
    "a normalized volume": _values(lambda hu: (hu + 300) / 700, np.float32),
    "a z-scored volume": _values(lambda hu: (hu - hu.mean()) / hu.std(), np.float32),
    "stored values without the intercept": _values(lambda hu: hu + 1024),
    "an intercept that was applied twice": _values(lambda hu: hu - 1024),
    "signed numbers saved as unsigned": _values(lambda hu: hu.astype(np.uint16), np.uint16),
    "a volume with an empty slice": _slices(0, 1, 2, 3, value=-1024),
    "a volume with a slice twice": _slices(0, 1, 1, 3),
    "a volume with an identity affine": _file("ct.nii.gz", _without_geometry),
    "an MHA whose header states another size": _text(
        "ct.mha", "ElementType", "HeaderSize = 9\nElementType"
    ),
    "a volume with a spacing in meters": _nifti(x=(76 + 4, "f", 0.0007), sform=(254, "h", 0)),
}
