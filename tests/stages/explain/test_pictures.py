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
    maps = [case.occlusion.effects for n in explained.methods for case in n.cases]
    assert limit == max(np.abs(each).max() for each in maps)
    gallery = make_gallery(explained, 1, limit)
    assert gallery is not None
    assert len(gallery.pictures) == 1 + len(explained.methods)
    plain, first, _ = gallery.pictures
    assert plain.methods == ()
    assert first.methods == (explained.methods[0].method.fingerprint,)
    assert first.caption.startswith("middle (best of 2): .")
    outlined = (plain.pixels == CONTOUR).all(axis=2)
    mask = explained.methods[0].cases[1].occlusion.slice_mask > 0
    assert outlined.any()
    assert not (outlined & mask).any()
    np.testing.assert_array_equal(first.pixels[outlined], plain.pixels[outlined])


def test_each_outcome_has_a_map_and_a_figure_of_slices(ordinal: Any) -> None:
    gallery = make_gallery(ordinal, 0, color_limit(ordinal))
    assert gallery is not None
    captions = [picture.caption.split(": .")[0] for picture in gallery.pictures[-2:]]
    control = "middle + pt:shuffled=1"
    assert captions == [f"{control}, N2 or higher", f"{control}, N1 or higher"]
    case = ordinal.cases[0]
    for outcome in (0, 1):
        figure = make_slice_figure(ordinal, 0, outcome)
        assert figure is not None
        assert figure.key == f"slices_case_{case}_outcome_{outcome + 1}"
        assert figure.title.startswith(f"Case {case} (N{outcome + 1} or higher: ")
        lines = [mark for mark in figure.panels[0].marks if mark.kind == "line"]
        drawn = [each for each in ordinal.methods if each.outcome == outcome]
        assert len(lines) == len(drawn) == 4
        for line, method in zip(lines, drawn, strict=True):
            np.testing.assert_array_equal(line.y, method.cases[0].slices.effects)


def test_slices_are_drawn_with_effects_and_weights(explained: Any) -> None:
    figure = make_slice_figure(explained, 0, 0)
    assert figure is not None
    effects, weights = figure.panels
    case = explained.methods[1].cases[0]
    lines = [mark for mark in effects.marks if mark.kind == "line"]
    np.testing.assert_array_equal(lines[1].y, case.slices.effects)
    assert lines[1].x.tolist() == list(range(1, len(case.slices.effects) + 1))
    assert [m.name for m in weights.marks if m.kind == "points"] == [
        "middle (best of 2)",
        "middle + pt (best of 2)",
    ]
