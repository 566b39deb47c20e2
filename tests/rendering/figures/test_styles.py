"""Styles: distinguishable, constant over figures, with enough contrast."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

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
    styles = Styles(names, ["training", "validation", "m3"])
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


def test_a_color_looks_alike_everywhere_and_unlike_its_neighbors(shapes: Shapes) -> None:
    one = shapes.figure(shapes.panel(shapes.mark(color="f2")))
    other = shapes.figure(shapes.panel(shapes.mark(color="f1"), shapes.mark(color="f2")))
    styles = make_styles([other, one], ["f1", "f2"])
    assert make_styles([one], ["f1", "f2"]).style_of(shapes.mark(color="f2")) == styles.style_of(
        shapes.mark(color="f2")
    )
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
