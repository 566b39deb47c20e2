"""Random changes of training images, the same for all slices of a case, on any device.

A case is flipped (left and right change sides), shifted by up to a tenth of the side, rotated by
up to 15°, and brightened or darkened by up to a tenth of the window. Points from outside the image
are air. Random numbers are arguments: nothing here uses a global generator.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from lnmbench.errors import UserError, nearest

KINDS = ("flip", "shift", "rotation", "intensity")
NUMBERS = 6
"""The random numbers of a change."""

_AIR = -1.0  # after windowing
_SHIFT, _ANGLE, _SCALE, _OFFSET = 0.1, math.radians(15), 0.1, 0.1


def parse_augmentations(text: str) -> frozenset[str]:
    """Return the kinds of change that `flip+rotation` names; none for `none`.

    Raises `UserError` for an unknown kind.

    Examples
    --------
    >>> sorted(parse_augmentations("shift+flip"))
    ['flip', 'shift']
    """
    names = [] if text.strip() == "none" else [name.strip() for name in text.split("+")]
    for name in names:
        if name not in KINDS:
            raise UserError(
                "training setting augment",
                expected=f"none, or some of {'+'.join(KINDS)}",
                got=repr(text),
                then=nearest(name, KINDS),
            )
    return frozenset(names)


def draw_augmentations(cases: int, source: torch.Generator) -> Tensor:
    """Return random numbers for the changes of some cases, (cases, 6) in [-1, 1], on the CPU.

    Every kind has its numbers whether it is used or not, so that one does not change the others.
    """
    return torch.rand(cases, NUMBERS, generator=source) * 2 - 1


def augment(images: Tensor, draws: Tensor, kinds: frozenset[str]) -> Tensor:
    """Return changed images.

    Parameters
    ----------
    images
        Images (m, 1, H, W) in [-1, 1].
    draws
        Random numbers of each image, (m, 6), from `draw_augmentations`.
    kinds
        The changes to apply, of `KINDS`.

    Returns
    -------
    Tensor
        Images of the same shape and range.
    """
    draws = draws.to(images)
    if kinds & {"flip", "shift", "rotation"}:
        images = _warp(images, draws, kinds)
    if "intensity" in kinds:
        scale, offset = 1 + _SCALE * draws[:, 4], _OFFSET * draws[:, 5]
        images = images * scale.view(-1, 1, 1, 1) + offset.view(-1, 1, 1, 1)  # (m, 1, H, W)
        images = images.clamp(-1, 1)
    return images


def _warp(images: Tensor, draws: Tensor, kinds: frozenset[str]) -> Tensor:
    """Return the images flipped, rotated and shifted, with one bilinear interpolation."""
    height, width = images.shape[-2:]
    side = torch.ones_like(draws[:, 0])
    if "flip" in kinds:
        side = torch.where(draws[:, 0] < 0, -side, side)
    angle = draws[:, 3] * (_ANGLE if "rotation" in kinds else 0.0)
    # a share of the side is twice that in the coordinates of the grid, which go from -1 to 1
    shift = 2 * draws[:, 1:3] * (_SHIFT if "shift" in kinds else 0.0)
    cos, sin = angle.cos(), angle.sin()
    across = torch.stack([side * cos, -side * sin * height / width, shift[:, 0]], 1)  # (m, 3)
    down = torch.stack([sin * width / height, cos, shift[:, 1]], 1)  # (m, 3)
    matrices = torch.stack([across, down], 1)  # (m, 2, 3)
    grid = functional.affine_grid(matrices, list(images.shape), align_corners=False)
    warped = functional.grid_sample(
        images - _AIR, grid, mode="bilinear", padding_mode="zeros", align_corners=False
    )
    return warped + _AIR
