"""Clean blocks: no text steers a terminal or breaks a line."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lnmbench.records import Axis, Figure, Gallery, Mark, Page, Panel, Picture
from lnmbench.rendering import FORMATS, render
from lnmbench.rendering.blocks import clean_page

Samples = Any


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_steers_a_terminal_or_breaks_a_line(format: str, samples: Samples) -> None:
    steering = "a\x1b[31mb\r\nc\x07\u202ed\x9b2J"
    text = render([samples.table(steering), samples.paragraph(steering)], format)
    assert not set(text) & set("\x1b\r\x07\u202e\x9b")
    assert "a[31mb cd2J" in text.replace(r"{[}", "[").replace(r"\[", "[")


def test_every_text_of_a_page_is_clean() -> None:
    dirty, clean = "a\x1b[1m\nb", "a[1m b"
    mark = Mark(kind="line", x=np.zeros(1), y=np.zeros(1), name=dirty)
    panel = Panel(
        x=Axis(title=dirty), y=Axis(title="", categories=(dirty,)), marks=(mark,), title=dirty
    )
    picture = Picture(pixels=np.zeros((1, 1, 3), dtype=np.uint8), alt=dirty, caption=dirty)
    gallery = Gallery(key="g", title=dirty, pictures=(picture,), notes=(dirty,))
    page = Page(
        title=dirty,
        subtitle=dirty,
        methods={"f": dirty},
        chosen=(),
        blocks=(
            Figure(key="k", title=dirty, alt=dirty, panels=(panel,), notes=(dirty,)),
            gallery,
        ),
        badge=dirty,
    )
    text = repr(clean_page(page))
    assert "\\x1b" not in text
    assert "\\n" not in text
    assert text.count(clean) == 15
