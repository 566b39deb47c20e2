"""Troubles of CT images: headers and containers of volume files."""

from __future__ import annotations

import gzip
import re
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from chest_images import CHEST, make_image, require_chest, require_refusal
from lnmbench_table.manifest import Entry
from lnmbench_table.scans import list_files

from lnmbench.imaging.series import find_image


def header_without_position(folder: Path) -> None:
    """A header around raw voxels that says nothing of spacing, origin or directions."""
    for name, fields in (
        ("ct.mhd", ("ElementSpacing", "Offset", "TransformMatrix")),
        ("ct.nhdr", ("space directions", "space origin", "space")),
    ):
        for field in fields:
            sitk.WriteImage(make_image(CHEST), folder / name)
            lines = (folder / name).read_text(encoding="utf-8").splitlines(keepends=True)
            kept = [line for line in lines if not re.match(f"{field} ?[:=]", line)]
            assert len(kept) == len(lines) - 1
            (folder / name).write_text("".join(kept), encoding="utf-8")
            require_refusal(folder / name, "does not state its position in the patient")


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
            require_refusal(folder / "ct.nrrd", "a space that names no anatomy")


def spacing_of_nothing(folder: Path) -> None:
    """A spacing of 0, below 0, NaN or kilometers in every format."""
    for wrong in ("0", "-0.7", "nan", "7e5"):
        for name, old, new in (
            ("ct.mha", r"ElementSpacing = \S+", f"ElementSpacing = {wrong}"),
            ("ct.nrrd", r"space directions: \([^,]*", f"space directions: ({wrong}"),
        ):
            sitk.WriteImage(make_image(CHEST), folder / name)
            content = (folder / name).read_bytes()
            changed = re.sub(old.encode(), new.encode(), content, count=1)
            (folder / name).write_bytes(changed)
            if (name, wrong) != ("ct.nrrd", "-0.7"):  # there it is a direction
                require_refusal(folder / name, "spacing|not numbers")
        sitk.WriteImage(make_image(CHEST), folder / "ct.nii")
        header = bytearray((folder / "ct.nii").read_bytes())
        struct.pack_into("<f", header, 80, float(wrong))
        struct.pack_into("<h", header, 254, 0)
        (folder / "ct.nii").write_bytes(header)
        require_refusal(folder / "ct.nii", "voxel size of 0|NaN or infinity|voxel spacing")


def data_file_elsewhere(folder: Path) -> None:
    """A header may name files of its own folder alone; these are sources of the cohort."""
    (folder / "case").mkdir()
    (folder / "secret.raw").write_bytes(CHEST.tobytes())
    path = folder / "case" / "ct.mhd"
    sitk.WriteImage(make_image(CHEST), path)
    header = path.read_text(encoding="utf-8")
    entry = Entry(case="A", origin="", image=path, region=path)
    assert list(list_files([entry])) == [path, path.with_suffix(".raw")]
    for name in ("../secret.raw", str(folder / "secret.raw"), "..\\secret.raw"):
        path.write_text(header.replace("ct.raw", name), encoding="utf-8")
        require_refusal(path, "names a data file outside its own folder")
        assert list(list_files([entry])) == [path]


def gzip_whatever_the_name(folder: Path) -> None:
    """A packed .nii, a plain .nii.gz; other formats that are packed as a whole are named."""
    sitk.WriteImage(make_image(CHEST), folder / "a.nii")
    plain = (folder / "a.nii").read_bytes()
    (folder / "b.nii.gz").write_bytes(plain)
    (folder / "a.nii").write_bytes(gzip.compress(plain))
    require_chest(folder / "a.nii")
    require_chest(folder / "b.nii.gz")
    for name in ("ct.mha", "ct.nrrd"):
        sitk.WriteImage(make_image(CHEST), folder / name)
        (folder / name).write_bytes(gzip.compress((folder / name).read_bytes()))
        require_refusal(folder / name, "is packed with gzip; unpack it first")


def header_size_within_a_header(folder: Path) -> None:
    """A HeaderSize in the header of a .mha, by which the reader begins within the header."""
    path = folder / "ct.mha"
    sitk.WriteImage(make_image(CHEST), path)
    content = path.read_bytes()
    for size, says in ((100, "a HeaderSize"), (-1, "")):
        line = f"HeaderSize = {size}\nElementType".encode()
        path.write_bytes(content.replace(b"ElementType", line))
        require_refusal(path, says) if says else require_chest(path)


def identity_affine(folder: Path) -> None:
    """A CT saved from an array without its geometry, by nibabel (RAS) or SimpleITK (LPS)."""
    for sides in ((1, 1, 1), (-1, -1, 1)):
        for suffix in ("nii.gz", "nrrd", "mha"):
            image = sitk.GetImageFromArray(CHEST)
            image.SetDirection(np.diag(sides).ravel().astype(float).tolist())
            sitk.WriteImage(image, folder / f"ct.{suffix}")
            require_refusal(folder / f"ct.{suffix}", "software dropped the geometry")


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
        require_chest(path)


TROUBLES: dict[str, Callable[[Path], None]] = {
    "a header size within the header": header_size_within_a_header,
    "an axis of one number": axis_of_one_number,
    "a CT was saved with an identity affine": identity_affine,
    "a header without position": header_without_position,
    "spaces of NRRD": nrrd_spaces,
    "a spacing of nothing": spacing_of_nothing,
    "a data file elsewhere": data_file_elsewhere,
    "gzip whatever the name": gzip_whatever_the_name,
}
