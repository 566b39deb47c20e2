"""Files that are no images are named as what they are."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.imaging.foreign_files import no_image_error
from lnmbench.imaging.series import find_image


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("ct.gz", gzip.compress(b"x", mtime=0), "got a file packed with gzip; unpack it"),
        ("._ct.nii", b"\0\5\x16\7\0\2\0\0", "companion file of macOS"),
        ("report", b"%PDF-1.7", "got a PDF file"),
        ("picture", b"\x89PNG\r\n", "got a PNG picture"),
        ("ct.hdr", b"\x5c\1\0\0" + bytes(344), "got a header of Analyze or NIfTI"),
        ("ct.img", bytes(100), "voxels of Analyze or NIfTI"),
        ("DICOMDIR", bytes(128) + b"DICM", "got a DICOMDIR"),
        ("empty", b"", "got an empty file"),
        ("notes.txt", b"hello", "or DICOM$"),
    ],
)
def test_a_file_is_named(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=says):
        raise no_image_error(tmp_path / name)


def test_a_folder_is_named_by_what_it_holds(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="got an empty folder"):
        find_image(tmp_path)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("IM1", "x")
    with pytest.raises(UserError, match="got 1 file, e.g. a zip archive; unpack it"):
        find_image(tmp_path)
    with pytest.raises(UserError, match="got a zip archive; unpack it, and give the folder"):
        find_image(tmp_path / "a.zip")
    (tmp_path / "ct.nii.gz").write_bytes(b"x")
    with pytest.raises(UserError, match="got a folder with 1 volume file; give the path"):
        find_image(tmp_path)
