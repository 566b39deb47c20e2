"""Choice of a patient's CT series."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from lnmbench.errors import UserError
from lnmbench.imaging.dicom_series import Series, series_location
from lnmbench.imaging.frames import read_frames
from lnmbench.imaging.grid import Grid
from lnmbench.imaging.headers import UNKNOWN
from lnmbench.imaging.slice_order import stack
from lnmbench.text import plural

_PROJECTED = {"MIP", "MAX_IP", "MIN_IP", "MINIP", "MAXIP", "PROJECTION IMAGE", "VRT", "CPR"}
_PROJECTED_WORDS = re.compile(r"\b(mips?|minip|maxip|vrt)\b", re.IGNORECASE)
_AXIAL_COSINE = 0.8
_ABSENT = "in the segmentation's frame of reference; the series it references is absent"
_ON_GRID = "whose grid the mask has"
_REFERENCED = "which the segmentation references"
_EXAMPLES = 3
_MOST_NAMES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenSeries:
    """CT series to use, with a sentence on the reason, and warnings for a person to check."""

    series: Series
    reason: str
    warnings: tuple[str, ...] = ()


def choose_ct(
    candidates: Sequence[Series], region: Series | None = None, mask_grid: Grid | None = None
) -> ChosenSeries:
    """Return the CT series to use.

    With a segmentation (SEG or RTSTRUCT), it is the series that the segmentation references, or if
    that is absent, one in its frame of reference. With a mask file, it is the one whose grid the
    mask has, voxel for voxel. Otherwise, and among several, it is an axial one with most slices.
    Localizers, single images and projections are never used, other planes and derived images only
    if nothing else is left; among equal ones the lowest series number decides.

    Parameters
    ----------
    candidates
        Series of one patient.
    region
        The series of the segmentation.
    mask_grid
        The grid of the mask file.

    Raises
    ------
    UserError
        If nothing is left, if the segmentation belongs to none of them, or if they are several
        scans (in more than one frame of reference) and nothing tells to which one the region
        belongs.
    """
    ct_series = [series for series in candidates if series.modality == "CT"]
    if not ct_series:
        modalities = sorted({series.modality or UNKNOWN for series in candidates})
        got = ", ".join(modalities) or "nothing"
        raise UserError("no CT series", expected="modality CT", got=got)
    related, reason = _find_related(ct_series, region)
    on_grid = () if mask_grid is None else _find_on_grid(related, mask_grid)
    if on_grid:
        related, reason = on_grid, _ON_GRID
    usable, left_out = _select_usable(related)
    if not usable:
        raise UserError("no usable CT series", got=f"left out {'; '.join(_list_few(left_out))}")
    _require_one_scan(usable)
    most = max(series.size for series in usable)
    best = min(
        (series for series in usable if series.size == most),
        key=lambda series: (series.number is None, series.number or 0, series.uid),
    )
    warnings = describe_parts(best, ct_series)
    warnings += _warn_of_choice(best, usable, ct_series, reason)
    if region and region.patient and best.patient and region.patient != best.patient:
        warnings.append(f"the segmentation states another patient ID than its CT ({_name(best)})")
    return ChosenSeries(
        series=best,
        reason=_explain_choice(best, usable, reason, left_out),
        warnings=tuple(warnings),
    )


def _warn_of_choice(
    best: Series, usable: Sequence[Series], ct_series: Sequence[Series], reason: str
) -> list[str]:
    """Return a warning about a choice that no reference to a series made."""
    chosen = f"({_name(best)} of {len(ct_series)} CT series)"
    if reason == _ON_GRID and len(usable) == 1:
        return [f"the mask chose the CT by its grid {chosen}"]
    if reason == _ON_GRID:
        return [f"several CT series have the grid of the mask {chosen}"]
    if reason == _ABSENT:
        return [f"the CT series that the segmentation references is absent {chosen}"]
    if len(usable) > 1 and reason != _REFERENCED:
        return [f"nothing but its size chose the CT {chosen}"]
    return []


def _find_related(
    ct_series: Sequence[Series], region: Series | None
) -> tuple[Sequence[Series], str]:
    """Return the series that the segmentation can belong to, and the reason."""
    if region is None:
        return ct_series, ""
    named = [
        series for series in ct_series if set(region.references) & {series.uid, *series.joined_uids}
    ]
    if named:
        return named, _REFERENCED
    framed = [series for series in ct_series if region.frame and series.frame == region.frame]
    if framed:
        return framed, _ABSENT
    if region.references or region.frame:
        raise UserError(
            "the CT series of the segmentation is missing",
            where=series_location(region),
            got=f"{len(ct_series)} CT series with other identifiers",
            then="download the series that it references",
        )
    return ct_series, "though the segmentation does not state the series on which it was drawn"


def _find_on_grid(ct_series: Sequence[Series], mask_grid: Grid) -> Sequence[Series]:
    """Return the series whose grid a mask has, if there are several to choose from.

    A mask of the same voxels goes before one that is cropped on the lattice of a series.
    """
    usable = [s for s in ct_series if not any(has(s) for has in _UNUSABLE.values())]
    if len(usable) < 2 or mask_grid.lacks_geometry():
        return ()
    grids = [(series, grid) for series in usable if (grid := _read_grid(series)) is not None]
    same = [series for series, grid in grids if mask_grid.has_points_of(grid)]
    return same or [series for series, grid in grids if mask_grid.shares_lattice(grid)]


def _read_grid(series: Series) -> Grid | None:
    """Return the grid of a series from its headers, None if they form no volume."""
    try:
        frames = [frame for file in series.files for frame in read_frames(file)]
        ordered = stack(frames, where=series_location(series))
    except UserError:
        return None
    size = (*ordered.frames[0].size, len(ordered.frames))
    return Grid.of_geometry(size, ordered.origin, ordered.spacing_mm, ordered.direction)


def _require_one_scan(usable: Sequence[Series]) -> None:
    """Refuse several scans: coordinates and regions of one mean nothing in another."""
    scans = {series.frame or series.study or series.uid for series in usable}
    if len(scans) > 1:
        raise UserError(
            f"the folder holds {len(scans)} scans, and the region does not tell its own",
            expected="CT series in one frame of reference, or a mask with the grid of one scan",
            got=", ".join(f"{_name(s)} ({plural(s.size, 'slice')})" for s in usable[:_EXAMPLES])
            + (", …" if len(usable) > _EXAMPLES else ""),
            then="give the folder of the scan on which the region was drawn",
        )


def _select_usable(
    related: Sequence[Series],
) -> tuple[Sequence[Series], list[tuple[Series, str]]]:
    """Return the series that can be used, and each of the others with its fault."""
    left_out: list[tuple[Series, str]] = []
    for faults, needed in ((_UNUSABLE, True), (_UNWANTED, False)):
        reasons = [next((r for r, has in faults.items() if has(s)), "") for s in related]
        usable = [series for series, reason in zip(related, reasons, strict=True) if not reason]
        if usable or needed:
            pairs = zip(related, reasons, strict=True)
            left_out += [(series, reason) for series, reason in pairs if reason]
            related = usable
    return related, left_out


def _list_few(left_out: Sequence[tuple[Series, str]]) -> list[str]:
    """Return the series with their faults; of many with one fault, only their number."""
    counts = Counter(reason for _, reason in left_out)
    names = [f"{_name(s)} ({reason})" for s, reason in left_out if counts[reason] <= _EXAMPLES]
    many = [f"{n} series ({reason})" for reason, n in counts.items() if n > _EXAMPLES]
    return [*names[:_MOST_NAMES], *many]


def describe_parts(best: Series, ct_series: Sequence[Series]) -> list[str]:
    """Return sentences on images of a series that were left out or joined.

    Parameters
    ----------
    best
        The series to use.
    ct_series
        All CT series, of which some may have the UID of `best`: its localizers.
    """
    aside = sum(s.size for s in ct_series if s is not best and s.uid == best.uid)
    sentences = []
    if aside:
        images = plural(aside, "localizer or image of another plane", "localizers or other planes")
        sentences.append(f"left out of the CT series ({_name(best)}): {images}")
    if best.joined_uids:
        images = plural(best.size, "image")
        sentences.append(f"joined images that have a series of their own each ({images})")
    return sentences


def _is_projection(series: Series) -> bool:
    named = _PROJECTED_WORDS.search(series.description) is not None
    return named or bool(_PROJECTED & set(series.image_type))


def _is_other_plane(series: Series) -> bool:
    if not series.orientation:
        return False
    normal = np.cross(series.orientation[:3], series.orientation[3:])
    return bool(abs(normal[2]) < _AXIAL_COSINE)


_UNUSABLE: dict[str, Callable[[Series], bool]] = {
    "localizer": lambda series: "LOCALIZER" in series.image_type,
    "projection": _is_projection,
    "one image": lambda series: series.size < 2,
}
_UNWANTED: dict[str, Callable[[Series], bool]] = {
    "not axial": _is_other_plane,
    "derived": lambda series: bool({"DERIVED", "SECONDARY"} & set(series.image_type[:2])),
}


def _explain_choice(
    best: Series, usable: Sequence[Series], reason: str, left_out: Sequence[tuple[Series, str]]
) -> str:
    alike = sum(series.size == best.size for series in usable)
    reasons = [reason] if reason else []
    if len(usable) > alike:
        reasons.append(f"the one with most slices of {len(usable)}")
    if alike > 1:
        reasons.append(f"of {alike} with as many slices the one with the lowest series number")
    if not reasons:
        reasons.append("the only one that can be used" if left_out else "the only one")
    sentence = f"CT: {_name(best)} with {plural(best.size, 'slice')}, {', '.join(reasons)}"
    return f"{sentence}; left out: {', '.join(_list_few(left_out))}" if left_out else sentence


def _name(series: Series) -> str:
    return "series without number" if series.number is None else f"series {series.number}"
