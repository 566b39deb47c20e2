"""Images of a network: those of the cohort, or changed ones of an image control."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lnmbench.errors import UserError
from lnmbench.imaging.controlled_pixels import draw_pixels, permute_pixels
from lnmbench.imaging.own_grid import resample_box, to_tensor
from lnmbench.records import (
    Cohort,
    EncoderGrid,
    NetworkMethod,
    Protocol,
    image_control,
    image_control_seed,
)
from lnmbench.stages.plan import find_usable_cases
from lnmbench.store.cohort_boxes import read_box
from lnmbench.store.cohort_file import iterate_slices, read_masks, read_slices

_POOLED_SLICES = 64
"""Slices, evenly spaced in the cohort, whose pixels noise is drawn from."""
_PART = 256
_MOST_PLANES = 100_000
"""Planes of an own grid: the numbers that seed the control of two cases differ."""
_PERMUTED = ("shuffled_roi", "shuffled_background")


def read_images(
    method: NetworkMethod, cohort: Cohort, cohort_file: Path, start: int, stop: int
) -> NDArray[np.int16]:
    """Return the slices that a network sees in place of some slices of its cohort.

    They are those of the cohort file, or changed by the image control of the encoder. The control
    `other_patient` changes no slice: `image_positions` says whose slices a case has.

    Parameters
    ----------
    method
        The network.
    cohort
        The cohort.
    cohort_file
        The file with its slices.
    start, stop
        The first slice, and the one after the last.

    Returns
    -------
    array
        HU, (stop - start, H, W).
    """
    slices, numbers = read_slices(cohort_file, start, stop), np.arange(start, stop)
    control, seed = image_control(method.encoder), image_control_seed(method.encoder)
    if control in _PERMUTED:
        inside = read_masks(cohort_file, start, stop) > 0
        where = inside if control == "shuffled_roi" else ~inside
        return permute_pixels(slices, where, numbers, seed)
    if control == "noise":
        side, pool = cohort.preprocessing.patch, _pool_pixels(cohort, cohort_file)
        return draw_pixels(pool, (side, side), numbers, seed)
    return slices


def read_volume(
    method: NetworkMethod, grid: EncoderGrid, cohort: Cohort, cohort_file: Path, case: int
) -> NDArray[np.float32]:
    """Return the volume of a case on the encoder's own grid, changed by its image control.

    Parameters
    ----------
    method
        The network.
    grid
        The grid of its encoder.
    cohort
        The cohort.
    cohort_file
        The file with native boxes.
    case
        The number of the case.

    Returns
    -------
    array
        The tensor of the encoder without its first two axes, of the shape `grid.shape`.
    """
    box = read_box(cohort_file, case)
    if box is None:
        raise ValueError(f"case {case} has no images")
    hu, mask = resample_box(box, grid)
    control, seed = image_control(method.encoder), image_control_seed(method.encoder)
    numbers = np.arange(len(hu)) + case * _MOST_PLANES
    if control in _PERMUTED:
        where = mask > 0 if control == "shuffled_roi" else mask == 0
        hu = permute_pixels(hu, where, numbers, seed)
    elif control == "noise":
        hu = draw_pixels(_pool_pixels(cohort, cohort_file), hu.shape[1:], numbers, seed)
    return to_tensor(hu, grid)


def image_positions(
    method: NetworkMethod, cohort: Cohort, positions: NDArray[np.int64], protocol: Protocol
) -> NDArray[np.int64]:
    """Return the positions of the cases whose images some cases of a network have.

    These are the cases themselves. With the image control `other_patient`, they are cases of
    another patient: patients are in a random circle, and each has the images of the next one.

    Parameters
    ----------
    method
        The network.
    cohort
        Its cohort.
    positions
        The positions of the cases in the cohort, (n,).
    protocol
        The protocol; cases that it excludes exchange nothing.

    Returns
    -------
    array
        (n,).
    """
    if image_control(method.encoder) != "other_patient":
        return positions
    usable = np.flatnonzero(find_usable_cases(cohort, protocol))
    patients = [cohort.groups[case] for case in usable]
    exchanged = np.arange(len(cohort))
    exchanged[usable] = usable[exchange_patients(patients, image_control_seed(method.encoder))]
    return exchanged[positions]


def exchange_patients(patients: Sequence[str], seed: int) -> NDArray[np.int64]:
    """Return a case of another patient for each case.

    Parameters
    ----------
    patients
        The patient of each of n cases, at least two different ones.
    seed
        The seed of the order of the patients.

    Returns
    -------
    array
        (n,).

    Examples
    --------
    >>> exchange_patients(["a", "a", "b"], seed=0).tolist()
    [2, 2, 0]
    """
    cases: dict[str, list[int]] = {}
    for case, patient in enumerate(patients):
        cases.setdefault(patient, []).append(case)
    names = list(cases)
    circle = np.random.default_rng(seed).permutation(len(names)).tolist()
    exchanged = np.empty(len(patients), dtype=np.int64)
    for patient, other in zip(circle, [*circle[1:], circle[0]], strict=True):
        images = cases[names[other]]
        for index, case in enumerate(cases[names[patient]]):
            exchanged[case] = images[index % len(images)]
    return exchanged


def refuse_unmasked(networks: Sequence[NetworkMethod], cohort: Cohort, cohort_file: Path) -> None:
    """Raise `UserError` for an image control of tumor masks that are all empty.

    Parameters
    ----------
    networks
        The networks.
    cohort
        The cohort.
    cohort_file
        The file with the masks.
    """
    controls = {image_control(n.encoder) for n in networks if n.level != "none"}
    needed = sorted(controls.intersection(_PERMUTED))
    if needed and not _has_masks(cohort, cohort_file):
        raise UserError(
            f"cohort {cohort.name} has no tumor masks for control={needed[0]}",
            then="use control=other_patient or control=noise",
        )


def _has_masks(cohort: Cohort, cohort_file: Path) -> bool:
    total = int(cohort.offsets[-1])
    parts = ((start, min(start + _PART, total)) for start in range(0, total, _PART))
    return any(read_masks(cohort_file, *part).any() for part in parts)


def _pool_pixels(cohort: Cohort, cohort_file: Path) -> NDArray[np.int16]:
    return _read_pool(cohort_file, int(cohort.offsets[-1]), cohort.fingerprint)


@lru_cache(maxsize=1)
def _read_pool(cohort_file: Path, slices: int, _fingerprint: str) -> NDArray[np.int16]:
    numbers = np.unique(np.linspace(0, slices - 1, min(slices, _POOLED_SLICES)).astype(np.int64))
    return np.concatenate([image.ravel() for image in iterate_slices(cohort_file, numbers)])
