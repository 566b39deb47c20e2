"""The image and the tumor of one case of a manifest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from lnmbench import UserError, Volume
from lnmbench.imaging.dicom_index import index_folder
from lnmbench.imaging.image_files import list_image_files
from lnmbench.imaging.regions.dicom import SEGMENTATION, STRUCTURE_SET, sop_class
from lnmbench.imaging.regions.mask_file import read_mask_grid
from lnmbench.imaging.regions.reading import only_file, read_region
from lnmbench.imaging.series import CtImage, find_image
from lnmbench.imaging.volume_files import is_volume_file, list_data_files
from lnmbench.imaging.whole_scan import empty_mask
from lnmbench_table.manifest import Entry
from lnmbench_table.paths import does_exist, explain_missing
from lnmbench_table.points import is_table_of_points


def read_scan(entry: Entry, region_name: str) -> Volume:
    """Return the volume of a case; its own region name takes precedence over `region_name`.

    Raises `UserError` if the row has no image or no region, or if a reader refuses a file.
    """
    if entry.image is None:
        raise UserError("the manifest has no image for this case", where=entry.origin)
    if entry.region is None and entry.location is None:
        raise UserError(
            "the manifest has neither a region nor coordinates for this case",
            where=entry.origin,
            then="add one, or ingest whole scans with --region none",
        )
    if entry.region is not None and is_table_of_points(entry.region):
        raise UserError("the table of points has no row for this case", where=str(entry.region))
    ct = _read_image(entry.image, entry.region)
    if entry.location is not None:
        region = entry.location.region(ct.image)
    elif entry.region is not None:
        # a DICOM CT was chosen by the frame of reference of its SEG
        region = read_region(
            entry.region,
            ct.image,
            entry.region_name or region_name or None,
            same_space=ct.identity is not None,
        )
    return Volume(
        image=ct.image,
        mask=region.mask,
        notes=(*ct.notes, f"tumor: {region.note}"),
        warnings=(*ct.warnings, *region.warnings),
        identity=ct.identity,
        outlined=entry.location is None,
    )


def read_image_alone(entry: Entry) -> Volume:
    """Return the image of a case with an empty mask.

    Of several series, it is the one to which the region belongs, if the case has one. Raises
    `UserError` if the row has no image, or if a reader refuses it.
    """
    if entry.image is None:
        raise UserError("the manifest has no image for this case", where=entry.origin)
    region = entry.region
    if region is not None and (not does_exist(region) or is_table_of_points(region)):
        region = None
    ct = _read_image(entry.image, region)
    return Volume(
        image=ct.image,
        mask=empty_mask(ct.image),
        notes=ct.notes,
        warnings=ct.warnings,
        identity=ct.identity,
        outlined=False,
    )


def list_files(entries: Sequence[Entry]) -> Iterator[Path]:
    """Yield the files of the images and regions, each once, sorted.

    All files of a folder count, and the data files that a header names; missing files do not.
    """
    paths = {path for e in entries for path in (e.image, e.region) if path is not None}
    named = filter(does_exist, paths)
    yield from sorted({file for path in named for file in _list_files_of_path(path)})


def _read_image(path: Path, region: Path | None) -> CtImage:
    """Return the image; of several series, the one to which the region belongs."""
    if not does_exist(path):
        raise UserError(f"no image {path}", then=explain_missing(path))
    if region is None:
        return find_image(path)
    if not does_exist(region):
        raise UserError(f"no region file {region}", then=explain_missing(region))
    file = only_file(region)
    if is_volume_file(file):
        return find_image(path, mask_grid=read_mask_grid(file))
    if sop_class(file) in (*SEGMENTATION, STRUCTURE_SET):
        return find_image(path, region=next(iter(index_folder(file)), None))
    return find_image(path)


def _list_files_of_path(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from list_image_files(path)
    elif path.is_file():
        yield path
        if is_volume_file(path):
            with suppress(UserError):  # reading the case refuses a damaged header
                yield from filter(Path.is_file, list_data_files(path))
