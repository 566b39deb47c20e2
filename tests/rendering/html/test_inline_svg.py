"""Inline SVG: small, with unique ids and colors of the page."""

from __future__ import annotations

from lnmbench.rendering.figures import LIGHT
from lnmbench.rendering.html.inline_svg import inline_svg, view_box

SVG = f"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
 viewBox="0 0 320.5 240" width="320pt">
 <metadata>made at noon</metadata>
 <defs><style type="text/css">*{{stroke-linejoin:round}}</style>
  <clipPath id="clip"><path d="M 1.23456 2.00001"/></clipPath></defs>
 <g id="figure_1"><g id="mark-0"><path id="line" clip-path="url(#clip)"
  style="fill: none; stroke: {LIGHT["c0"]}; stroke-width: 1.5px; stroke-linejoin: round"/></g>
  <g id="row-2"><text style="font: bold 10px 'DejaVu Sans'">a &lt; b</text></g><g/></g>
</svg>"""


def test_groups_get_their_methods_and_empty_ones_are_removed() -> None:
    text = inline_svg(SVG, prefix="f0-", groups={"mark-0": "1 2", "row-2": ""})
    assert '<g class="mark" data-number="0" data-methods="1 2">' in text
    assert '<g class="row" data-number="2">' in text
    assert text.count("<g") == 2
    assert "noon" not in text
    assert "figure_1" not in text


def test_styles_become_attributes_with_the_page_s_colors() -> None:
    text = inline_svg(SVG, prefix="f0-", groups={})
    assert 'stroke="var(--c0)"' in text
    assert 'stroke-width="1.5"' in text
    assert "style" not in text
    assert 'font-size="10"' in text
    assert 'font-weight="600"' in text
    assert "a &lt; b" in text


def test_referenced_ids_are_unique_and_numbers_short() -> None:
    text = inline_svg(SVG, prefix="f0-", groups={})
    assert 'id="f0-clip"' in text
    assert "url(#f0-clip)" in text
    assert 'd="M 1.2 2"' in text
    assert 'id="line"' not in text


def test_the_view_box_has_the_size() -> None:
    assert view_box(SVG) == (320.5, 240.0)
