"""Changes of images, one by one and within their ranges."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from lnmbench.errors import UserError
from lnmbench.nets.data.augmentation import KINDS, augment, draw_augmentations, parse_augmentations

SIDE = 20


def picture(width: int = SIDE) -> Tensor:
    """A bright corner and a gradient in the middle of air: nothing about it is symmetric."""
    image = torch.full((1, 1, SIDE, width), -1.0)
    image[..., 6:14, 6:14] = torch.linspace(-0.5, 0.5, 64).view(8, 8)
    image[..., 6, 6] = 1.0
    return image


def numbers(**numbers_by_index: float) -> Tensor:
    """Random numbers of a change, zero except for some, by their index."""
    draws = torch.zeros(1, 6)
    for name, value in numbers_by_index.items():
        draws[0, int(name[1:])] = value
    return draws


def test_nothing_drawn_changes_nothing() -> None:
    same = augment(picture(), numbers(), frozenset(KINDS))
    torch.testing.assert_close(same, picture(), rtol=0, atol=1e-5)
    assert torch.equal(augment(picture(), torch.rand(1, 6), frozenset()), picture())


def test_flip_changes_left_and_right() -> None:
    flip = frozenset({"flip"})
    torch.testing.assert_close(
        augment(picture(), numbers(_0=-0.1), flip), picture().flip(-1), rtol=0, atol=1e-5
    )
    assert torch.allclose(augment(picture(), numbers(_0=0.1), flip), picture(), atol=1e-5)


def test_a_shift_is_at_most_a_tenth_of_the_side_and_lets_air_in() -> None:
    moved = augment(picture(), numbers(_1=1.0, _2=-1.0), frozenset({"shift"}))
    expected = picture().roll((2, -2), dims=(2, 3))
    torch.testing.assert_close(moved, expected, rtol=0, atol=1e-5)
    bright = torch.ones(1, 1, SIDE, SIDE)
    moved = augment(bright, numbers(_1=1.0), frozenset({"shift"}))
    assert (moved[..., -2:] == -1).all()
    assert torch.allclose(moved[..., :-2], bright[..., :-2])


def test_a_rotation_keeps_lengths_whatever_the_shape_of_the_image() -> None:
    wide = torch.full((1, 1, 41, 81), -1.0)
    wide[..., 20, 60:63] = 1.0  # 21 points to the right of the center
    turned = augment(wide, numbers(_3=1.0), frozenset({"rotation"}))[0, 0] + 1
    rows, columns = torch.arange(41.0) - 20, torch.arange(81.0) - 40
    down = float((turned.sum(1) * rows).sum() / turned.sum())
    right = float((turned.sum(0) * columns).sum() / turned.sum())
    assert (down**2 + right**2) ** 0.5 == pytest.approx(21, abs=0.5)
    assert abs(torch.atan2(torch.tensor(down), torch.tensor(right)).rad2deg()) == pytest.approx(
        15, abs=0.7
    )


def test_intensity_stays_within_the_window() -> None:
    bright = augment(picture(), numbers(_4=1.0, _5=1.0), frozenset({"intensity"}))
    torch.testing.assert_close(bright, (picture() * 1.1 + 0.1).clamp(-1, 1))


def test_what_is_drawn_is_the_streams_alone_and_covers_its_range() -> None:
    first, second = (draw_augmentations(500, torch.Generator().manual_seed(2)) for _ in range(2))
    assert torch.equal(first, second)
    assert first.min() < -0.99
    assert first.max() > 0.99
    assert torch.equal(draw_augmentations(3, torch.Generator().manual_seed(2)), first[:3])


def test_kinds_are_named() -> None:
    assert parse_augmentations("none") == frozenset()
    assert parse_augmentations("flip+shift+rotation+intensity") == set(KINDS)
    with pytest.raises(UserError, match=r"augment: expected .*, got 'flip\+rotate'; did you mean"):
        parse_augmentations("flip+rotate")
