"""Names of files that are no images, by their first bytes, for messages."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from lnmbench.errors import UserError, reading
from lnmbench.imaging.image_files import list_image_files
from lnmbench.text import plural

_UNPACK = "unpack it, and give the folder"
_CONVERT = "convert it to .nii.gz from DICOM, e.g. with dcm2niix"
# First bytes of a file, its name, and the next step.
_MARKS = (
    (b"PK\x03\x04", "zip archive", _UNPACK),
    (b"\x1f\x8b", "file packed with gzip", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "7z archive", _UNPACK),
    (b"Rar!", "rar archive", _UNPACK),
    (b"BZh", "file packed with bzip2", _UNPACK),
    (b"\x00\x05\x16\x07", "companion file of macOS", "give the file without ._ in its name"),
    (b"%PDF", "PDF file", "give the CT, not a document"),
    (b"\x89PNG", "PNG picture", "give the CT, not a picture"),
    (b"\xff\xd8\xff", "JPEG picture", "give the CT, not a picture"),
    (b"\x5c\x01\x00\x00", "header of Analyze or NIfTI (.hdr)", _CONVERT),
    (b"\x00\x00\x01\x5c", "header of Analyze or NIfTI (.hdr)", _CONVERT),
)
_SUFFIXES = {".img": ("voxels of Analyze or NIfTI (.img)", _CONVERT)}
_VOLUMES = (".nii", ".nii.gz", ".nrrd", ".nhdr", ".mha", ".mhd")
_MOST_FILES = 1000


def no_image_error(path: Path) -> UserError:
    """Return the error for a file or folder without an image, which names what it is instead."""
    got, then = _describe_file(path) if path.is_file() else _describe_folder(path)
    return UserError(
        f"no image at {path}",
        expected="NIfTI (.nii, .nii.gz), NRRD (.nrrd, .nhdr), MetaImage (.mha, .mhd) or DICOM",
        got=got,
        then=then,
    )


def _describe_file(path: Path) -> tuple[str, str]:
    with reading(path), path.open("rb") as file:
        head = file.read(132)
    if not head:
        return "an empty file", "download it again"
    if head[128:] == b"DICM":
        return "a DICOMDIR, which holds no images", "give the folder of the images"
    for mark, name, then in _MARKS:
        if head.startswith(mark):
            return f"a {name}", then
    name, then = _SUFFIXES.get(path.suffix.lower(), ("", ""))
    return f"{name}", then


def _describe_folder(path: Path) -> tuple[str, str]:
    files = list_image_files(path)
    if not files:
        return "an empty folder", ""
    volumes = [file for file in files if file.name.lower().endswith(_VOLUMES)]
    if volumes:
        return f"a folder with {plural(len(volumes), 'volume file')}", "give the path of the file"
    kinds = Counter(_describe_file(file) for file in files[:_MOST_FILES])
    (got, then), _ = kinds.most_common(1)[0]
    return (f"{plural(len(files), 'file')}, e.g. {got}", then) if got else ("", "")
