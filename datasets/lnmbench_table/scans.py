"""The image and the tumor of one case of a manifest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lnmbench import UserError, Volume
from lnmbench.imaging.dicom_index import index_folder
from lnmbench.imaging.regions.dicom import SEGMENTATION, STRUCTURE_SET, sop_class
from lnmbench.imaging.regions.reading import only_file, read_region
from lnmbench.imaging.series import choose_ct, find_image, read_ct
from lnmbench.imaging.volume_files import is_volume_file
from lnmbench_table.manifest import POINTS, Entry

if TYPE_CHECKING:
    import SimpleITK as sitk

# A header of one of these names the file that holds the voxels.
_HEADERS = {".mhd": (".raw", ".zraw"), ".nhdr": (".raw", ".raw.gz")}


def read_scan(entry: Entry, region_name: str) -> Volume:
    """Return the volume of a case; the row's own region name goes before the one for all.

    Raises `UserError` where the row names no image or no region, and whatever the readers refuse.
    """
    if entry.image is None:
        raise UserError("the manifest names no image", where=entry.where)
    if entry.region is None and entry.location is None:
        raise UserError("the manifest names no region and no coordinates", where=entry.where)
    if entry.region is not None and entry.region.suffix.lower() == POINTS:
        raise UserError("the table of points has no row for this case", where=str(entry.region))
    image, found = _image(entry.image, entry.region)
    if entry.location is not None:
        region = entry.location.region(image)
    else:
        assert entry.region is not None
        region = read_region(entry.region, image, entry.region_name or region_name or None)
    return Volume(image=image, mask=region.mask, notes=(*found, f"tumor: {region.note}"))


def files_of(entries: Sequence[Entry]) -> Iterator[Path]:
    """Yield every file that the images and regions are read from, each once, sorted.

    All files of a folder count. What is not there is left out.
    """
    named = {path for e in entries for path in (e.image, e.region) if path is not None}
    found = {file for path in named for file in _files(path)}
    yield from sorted(found)


def _image(path: Path, region: Path | None) -> tuple[sitk.Image, tuple[str, ...]]:
    """Return the image, and what was chosen: of several series the one that the region is of."""
    if not path.exists():
        raise UserError(f"there is no image {path}")
    if region is None or not path.is_dir() or not _is_dicom_region(region):
        return find_image(path)
    (drawn,) = index_folder(only_file(region))
    series, why = choose_ct(index_folder(path), drawn)
    return read_ct(series), (why,)


def _is_dicom_region(path: Path) -> bool:
    file = only_file(path)
    if is_volume_file(file):
        return False
    return sop_class(file) in (*SEGMENTATION, STRUCTURE_SET)


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from (file for file in path.rglob("*") if file.is_file())
    elif path.is_file():
        yield path
        beside = _HEADERS.get(path.suffix.lower(), ())
        yield from filter(Path.is_file, (path.with_suffix(suffix) for suffix in beside))
