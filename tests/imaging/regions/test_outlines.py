"""Outlines on one slice: repeats, crossings, loops."""

from __future__ import annotations

import numpy as np
import pytest

from lnmbench.imaging.regions.outlines import Overlaps, count_overlaps, drop_repeats

TURN = np.linspace(0, 2 * np.pi, 60, endpoint=False)
CIRCLE = np.stack([20 + 9 * np.cos(TURN), 15 + 7 * np.sin(TURN)], axis=1)
CHANNEL = [(2, 2), (2, 5), (5, 6), (5, 10), (10, 10), (10, 6), (5, 6), (2, 5)]
KEYHOLE = np.array([*CHANNEL, (2, 14), (14, 14), (14, 2)])

STAR = np.stack([np.cos(2 * TURN[::12]), np.sin(2 * TURN[::12])], axis=1) * 13 + 20

BOW_TIE = np.array([(0.5, 0.5), (10.5, 10.5), (10.5, 0.5), (0.5, 10.5)])


def box(first: float, last: float, shift: float = 0.0) -> np.ndarray:
    corners = [(first, first), (last, first), (last, last), (first, last)]
    return np.add(corners, (shift, 0.0))


@pytest.mark.parametrize(
    "again",
    [
        CIRCLE,
        np.roll(CIRCLE, 17, axis=0),
        CIRCLE[::-1],
        np.round(CIRCLE, 1),
        np.concatenate([CIRCLE, CIRCLE[:1]]),
        np.repeat(CIRCLE, 2, axis=0),
        (CIRCLE + np.roll(CIRCLE, 1, axis=0)) / 2,  # sampled between
    ],
)
def test_an_outline_twice_is_known_in_any_form(again: np.ndarray) -> None:
    (unique,) = drop_repeats([CIRCLE, again, CIRCLE])
    assert unique is CIRCLE


@pytest.mark.parametrize("other", [np.add(CIRCLE, (0.6, 0)), (CIRCLE - (20, 15)) * 0.9 + (20, 15)])
def test_another_outline_stays(other: np.ndarray) -> None:
    assert len(drop_repeats([CIRCLE, other])) == 2


@pytest.mark.parametrize(
    ("polygons", "overlaps"),
    [
        ([box(2, 20), box(6, 12)], Overlaps()),  # a hole
        ([box(2, 8), box(8, 12)], Overlaps()),  # they touch
        ([KEYHOLE], Overlaps()),
        ([box(0.5, 8.5), box(0.5, 8.5, shift=4)], Overlaps(crossing=32)),
        ([BOW_TIE], Overlaps(knotted=40)),
        ([STAR], Overlaps(knotted=122)),
    ],
)
def test_only_overlaps_without_a_rule_are_counted(
    polygons: list[np.ndarray], overlaps: Overlaps
) -> None:
    assert count_overlaps(polygons) == overlaps
