"""Pictures and figures of an explained case."""

from __future__ import annotations

from typing import Any

import numpy as np

from lnmbench.imaging.pictures import CONTOUR
from lnmbench.stages.explain.pictures import (
    LOWERS,
    RAISES,
    color_limit,
    draw_effects,
    make_gallery,
    make_slice_figure,
)


def test_effects_have_colors_of_one_scale() -> None:
    gray = np.full((1, 3, 3), 100, dtype=np.uint8)
    colored = draw_effects(gray, np.array([[0.0, 0.2, -0.1]]), 0.2)
    assert colored[0, 0].tolist() == [100, 100, 100]
    assert colored[0, 1].tolist() == np.rint(0.35 * 100 + 0.65 * np.array(RAISES)).tolist()
    half = 0.325
    expected = np.rint((1 - half) * 100 + half * np.array(LOWERS))
    assert colored[0, 2].tolist() == expected.tolist()
    assert draw_effects(gray, np.zeros((1, 3)), 0.0).tolist() == gray.tolist()


def test_a_case_has_the_plain_slice_and_a_map_of_each_network(explained: Any) -> None:
    limit = color_limit(explained)
    maps = [case.occlusion.effects for n in explained.networks for case in n.cases]
    assert limit == max(np.abs(each).max() for each in maps)
    gallery = make_gallery(explained, 1, limit)
    assert gallery is not None
    assert len(gallery.pictures) == 1 + len(explained.networks)
    plain, first, _ = gallery.pictures
    assert plain.methods == ()
    assert first.methods == (explained.networks[0].method.fingerprint,)
    assert first.caption.startswith("middle (best of 2): .")
    outlined = (plain.pixels == CONTOUR).all(axis=2)
    mask = explained.networks[0].cases[1].occlusion.slice_mask > 0
    assert outlined.any()
    assert not (outlined & mask).any()
    np.testing.assert_array_equal(first.pixels[outlined], plain.pixels[outlined])


def test_slices_are_drawn_with_effects_and_weights(explained: Any) -> None:
    figure = make_slice_figure(explained, 0)
    assert figure is not None
    effects, weights = figure.panels
    case = explained.networks[1].cases[0]
    lines = [mark for mark in effects.marks if mark.kind == "line"]
    np.testing.assert_array_equal(lines[1].y, case.slices.effects)
    assert lines[1].x.tolist() == list(range(1, len(case.slices.effects) + 1))
    assert [m.name for m in weights.marks if m.kind == "points"] == [
        "middle (best of 2)",
        "middle + pt (best of 2)",
    ]
