"""Changes of images in training: alike for all slices of a case, on whatever device they are.

A case is flipped (left and right change sides), shifted by up to a tenth of the side, rotated by
up to 15°, and brightened or darkened by up to a tenth of the window. What comes in from outside is
air. Nothing here asks a global generator: the numbers that a change is made of are drawn outside.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from lnmbench.errors import UserError, nearest

KINDS = ("flip", "shift", "rotation", "intensity")
AIR = -1.0
"""What air is after windowing."""

_SHIFT, _ANGLE, _SCALE, _OFFSET = 0.1, math.radians(15), 0.1, 0.1
_NUMBERS = 6


def parse_augmentations(text: str) -> frozenset[str]:
    """Return the kinds of change that `flip+rotation` names; none for `none`.

    Raises `UserError` for a word that is no kind.

    Examples
    --------
    >>> sorted(parse_augmentations("shift+flip"))
    ['flip', 'shift']
    """
    words = [] if text.strip() == "none" else [word.strip() for word in text.split("+")]
    for word in words:
        if word not in KINDS:
            raise UserError(
                "training setting augment",
                expected=f"none, or some of {'+'.join(KINDS)}",
                got=repr(text),
                then=nearest(word, KINDS),
            )
    return frozenset(words)


def draw_augmentations(cases: int, source: torch.Generator) -> Tensor:
    """Return what the changes of so many cases are made of, (cases, 6) in [-1, 1], on the CPU.

    Every kind has its numbers whether it is wanted or not, so that one does not move the others.
    """
    return torch.rand(cases, _NUMBERS, generator=source) * 2 - 1


def augment(images: Tensor, drawn: Tensor, kinds: frozenset[str]) -> Tensor:
    """Return images (m, 1, H, W) in [-1, 1] after the changes drawn for each, (m, 6)."""
    drawn = drawn.to(images)
    if kinds & {"flip", "shift", "rotation"}:
        images = _moved(images, drawn, kinds)
    if "intensity" in kinds:
        scale, offset = 1 + _SCALE * drawn[:, 4], _OFFSET * drawn[:, 5]
        images = images * scale.view(-1, 1, 1, 1) + offset.view(-1, 1, 1, 1)
        images = images.clamp(-1, 1)
    return images


def _moved(images: Tensor, drawn: Tensor, kinds: frozenset[str]) -> Tensor:
    """Return the images flipped, rotated and shifted, read once between their points."""
    height, width = images.shape[-2:]
    side = torch.ones_like(drawn[:, 0])
    if "flip" in kinds:
        side = torch.where(drawn[:, 0] < 0, -side, side)
    angle = drawn[:, 3] * (_ANGLE if "rotation" in kinds else 0.0)
    # a share of the side is twice that in the coordinates of the grid, which go from -1 to 1
    shift = 2 * drawn[:, 1:3] * (_SHIFT if "shift" in kinds else 0.0)
    cos, sin = angle.cos(), angle.sin()
    across = torch.stack([side * cos, -side * sin * height / width, shift[:, 0]], 1)
    down = torch.stack([sin * width / height, cos, shift[:, 1]], 1)
    where = functional.affine_grid(
        torch.stack([across, down], 1), list(images.shape), align_corners=False
    )
    read = functional.grid_sample(
        images - AIR, where, mode="bilinear", padding_mode="zeros", align_corners=False
    )
    return read + AIR
