"""The folder of a raw data set of nnU-Net: `imagesTr` and `labelsTr`, also of its first version."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from lnmbench import UserError
from lnmbench.errors import reading
from lnmbench.imaging.image_files import is_system_file
from lnmbench.text import join_first, plural, quote
from lnmbench_table.manifest import Entry, Manifest
from lnmbench_table.nnunet_index import INDEX, NnunetIndex

IMAGES, LABELS, TEST_IMAGES = "imagesTr", "labelsTr", "imagesTs"
_CHANNEL = re.compile(r"(?P<case>.+)_\d{4}")
_MOST_NAMES = 12


def find_index(root: Path) -> Path:
    """Return the `dataset.json` of a raw data set. Raises `UserError` if it is missing."""
    path = root if root.name == INDEX else root / INDEX
    if not root.exists():
        raise UserError(f"no folder {root}", then="check the path")
    if not path.is_file():
        below = sorted(path.parent.name for path in root.glob(f"*/{INDEX}"))
        raise UserError(
            f"no {INDEX} in {root}",
            expected=f"the folder of a raw data set of nnU-Net: {INDEX}, {IMAGES}, {LABELS}",
            then=f"give {join_first(below, _MOST_NAMES, separator=' or ')} in it as root"
            if below
            else "give its folder as root",
        )
    return path


def list_cases(index: NnunetIndex, label: int) -> Manifest:
    """Return the cases of `labelsTr` with the CT of each, and a label as the region.

    Parameters
    ----------
    index
        The `dataset.json` of the folder.
    label
        The value of the tumor's label.

    Raises
    ------
    UserError
        If a folder is missing, or has no case.
    """
    root, ending, channel = index.path.parent, index.ending, index.find_ct()
    masks = _list_stems(root / LABELS, ending)
    images = _list_stems(root / IMAGES, ending)
    if not masks:
        raise UserError(f"no label file in {root / LABELS}", expected=f"CASE{ending}")
    entries = []
    for case in masks:
        image = f"{case}_{channel:04d}"
        if image not in images and case in images and len(index.channels) == 1:
            image = case  # the Medical Segmentation Decathlon has no numbers of channels
        entries.append(
            Entry(
                case=case,
                origin=str(root / LABELS / f"{case}{ending}"),
                image=root / IMAGES / f"{image}{ending}",
                region=root / LABELS / f"{case}{ending}",
                region_name=str(label),
            )
        )
    notes = (*_describe_channels(index, channel), *_describe_cases(index, masks, images))
    return Manifest(entries=tuple(entries), has_patients=False, points=(), notes=notes)


def _describe_channels(index: NnunetIndex, channel: int) -> Iterator[str]:
    others = [f"{n:04d} ({quote(name, 30)})" for n, name in index.channels.items() if n != channel]
    if others:
        yield f"channels that are not used: {join_first(others, _MOST_NAMES)}"


def _describe_cases(
    index: NnunetIndex, masks: Mapping[str, None], images: Mapping[str, None]
) -> Iterator[str]:
    cases = {
        match["case"] if stem not in masks and (match := _CHANNEL.fullmatch(stem)) else stem
        for stem in images
    }
    unlabeled = len(cases - masks.keys())
    if unlabeled:
        yield f"{plural(unlabeled, 'case')} of {IMAGES} without a label file: not used"
    if index.training not in (None, len(masks)):
        yield f"{INDEX} says {index.training} training cases, {LABELS} has {len(masks)}"
    if (index.path.parent / TEST_IMAGES).is_dir():
        yield f"{TEST_IMAGES} has no labels and is not used"


def _list_stems(folder: Path, ending: str) -> dict[str, None]:
    """Return the names of the files with an ending, without it, sorted."""
    if not folder.is_dir():
        raise UserError(
            f"no folder {folder}",
            expected=f"{IMAGES} and {LABELS} below the root",
            then="give the folder of a raw data set of nnU-Net as root",
        )
    with reading(folder):
        names = sorted(path.name for path in folder.iterdir() if not is_system_file(path.name))
    return {name.removesuffix(ending): None for name in names if name.endswith(ending)}
