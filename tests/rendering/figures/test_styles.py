"""Styles: distinguishable, constant over figures, with enough contrast."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from lnmbench.rendering.figures.styles import (
    CONTROLS,
    DARK,
    LIGHT,
    SERIES,
    WORDS,
    Styles,
    make_styles,
)

Shapes = Any


def test_words_have_hues_that_methods_do_not_have(shapes: Shapes) -> None:
    names = [f"m{n}" for n in range(30)]
    styles = Styles(names, [["training", "validation", "m3"]])
    hues = {styles.style_of(shapes.mark(color=name)).color for name in names}
    training, validation = (
        styles.style_of(shapes.mark(color=w)).color for w in ("training", "validation")
    )
    assert training != validation
    assert not {training, validation} & hues
    shown = shapes.figure(
        shapes.panel(shapes.mark(color="f2", methods=("f2",)), shapes.mark(color="positive"))
    )
    assert make_styles([shown]).style_of(shapes.mark(color="f2")).color in SERIES
    assert make_styles([shown]).style_of(shapes.mark(color="positive")).color in WORDS


def test_controls_have_hues_of_their_own_and_change_none_of_other_methods(shapes: Shapes) -> None:
    names = [f"m{n}" for n in range(8)]
    plain, marked = Styles(["a", "b"]), make_styles([], ["a", *names, "b"], controls=names)
    for method in ("a", "b"):
        mark = shapes.mark(color=method)
        assert plain.style_of(mark) == marked.style_of(mark)
    styles = [marked.style_of(shapes.mark(color=name)) for name in names]
    assert {style.color for style in styles} == set(CONTROLS)
    assert len(set(styles)) == len(names)


def test_methods_that_figures_draw_get_the_first_styles(shapes: Shapes) -> None:
    names = [f"m{n}" for n in range(20)]
    drawn = names[::-2][:8]
    figures = [shapes.figure(shapes.panel(*(shapes.mark(color=name) for name in drawn)))] * 2
    styles = make_styles(figures, names)
    assert [styles.style_of(shapes.mark(color=name)).color for name in drawn] == list(SERIES)
    others = {styles.style_of(shapes.mark(color=name)) for name in names if name not in drawn}
    assert not others & {styles.style_of(shapes.mark(color=name)) for name in drawn}


def test_words_of_one_figure_differ(shapes: Shapes) -> None:
    groups = (("control",), ("treat all",), ("negative", "positive"), ("treat all", "none"))
    figures = [shapes.figure(shapes.panel(*(shapes.mark(color=w) for w in g))) for g in groups]
    styles = make_styles(figures)
    for group in groups:
        assert len({styles.style_of(shapes.mark(color=word)).color for word in group}) == len(group)


def test_neighbors_differ_in_color_dash_and_marker(shapes: Shapes) -> None:
    names = [f"m{n}" for n in range(100)]
    many = [Styles(names).style_of(shapes.mark(color=name)) for name in names]
    assert len(set(many)) == 100
    for before, after in pairwise(many):
        assert before.color != after.color
        assert before.dashes != after.dashes
        assert before.marker != after.marker


def contrast(color: str, background: str) -> float:
    def light(text: str) -> float:
        parts = [int(text[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    low, high = sorted([light(color), light(background)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK])
def test_contrast_is_that_of_wcag_aa(scheme: dict[str, str]) -> None:
    for background in ("paper", "sheet"):
        for text in ("ink", "soft", "link", "badge"):
            assert contrast(scheme[text], scheme[background]) >= 4.5, (text, background)
        for graphic in (*SERIES, *CONTROLS, *WORDS, "edge"):
            assert contrast(scheme[graphic], scheme[background]) >= 3.0, (graphic, background)


# Machado, Oliveira and Fernandes 2009: severity 1
VISION = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
TO_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("scheme", [LIGHT, DARK])
def test_methods_differ_for_every_color_vision(scheme: dict[str, str], vision: str) -> None:
    values = np.array([[int(scheme[c][n : n + 2], 16) for n in (1, 3, 5)] for c in SERIES]) / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ VISION[vision].T, 0, 1)
    oklab = np.cbrt(seen @ TO_CONES.T) @ TO_OKLAB.T  # (colors, 3)
    distances = np.linalg.norm(oklab[:, None] - oklab[None], axis=-1)
    assert distances[np.triu_indices(len(SERIES), 1)].min() >= 0.1
