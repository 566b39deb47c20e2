"""Rendering of blocks as text in several formats, of pages as HTML, and of figures as files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lnmbench.errors import UserError, nearest
from lnmbench.records import Block, Figure, Gallery, Page, Paragraph, Table
from lnmbench.rendering.blocks import clean_blocks, clean_page
from lnmbench.rendering.json_text import to_json
from lnmbench.rendering.latex import to_latex
from lnmbench.rendering.markdown import to_markdown
from lnmbench.rendering.terminal import print_hint, print_text_blocks, to_text
from lnmbench.rendering.tidy_csv import to_csv
from lnmbench.text import plural

if TYPE_CHECKING:
    from rich.console import Console

TextBlock = Table | Paragraph

_RENDERERS: dict[str, Callable[[Sequence[TextBlock]], str]] = {
    "table": to_text,
    "markdown": to_markdown,
    "csv": to_csv,
    "json": to_json,
    "latex": to_latex,
}
# formats that people read end with a hint about figures and galleries
_HINTS = {"table": "\n{}\n", "markdown": "\n{}\n", "latex": "\n% {}\n"}
# formats without exhaustive tables
_SHORT_FORMATS = ("table", "markdown")

FORMATS = tuple(_RENDERERS)
PAGE_FORMATS = (*FORMATS, "html")


def render(blocks: Sequence[Block], format: str) -> str:
    """Return the blocks as text that ends with a newline, in one of `FORMATS`.

    Texts are untrusted: special characters of the format are escaped, and control characters are
    removed. `table` is plain text, 100 columns wide. Figures and galleries are left out; formats
    that people read end with a line that says so. `table` and `markdown` leave out exhaustive
    tables. Raises `UserError` for an unknown format.
    """
    renderer = _RENDERERS.get(format)
    if renderer is None:
        raise UserError(f"unknown report format {format!r}", then=nearest(format, FORMATS))
    text = renderer(_text_blocks(blocks, exhaustive=format not in _SHORT_FORMATS))
    hint = figures_hint(blocks)
    return text + _HINTS[format].format(hint) if hint and format in _HINTS else text


def render_page(page: Page, format: str) -> str:
    """Return a page as text in one of `PAGE_FORMATS`; `html` is one file that opens offline."""
    if format == "html":
        from lnmbench.rendering.html import to_html

        return to_html(clean_page(page))
    if format not in FORMATS:
        raise UserError(f"unknown report format {format!r}", then=nearest(format, PAGE_FORMATS))
    return render(page.blocks, format)


def write_figures(page: Page, folder: Path) -> list[Path]:
    """Write the figures and images of a page to a folder; see `figures.write_figures`."""
    from lnmbench.rendering import figures

    return figures.write_figures(page, folder)


def require_new_folder(folder: Path) -> None:
    """Raise `UserError` for a folder that `write_figures` would refuse."""
    from lnmbench.rendering import figures

    figures.require_new_folder(folder)


def print_blocks(console: Console, blocks: Sequence[Block]) -> None:
    """Print the blocks in the width of the console, their texts without interpretation."""
    print_text_blocks(console, _text_blocks(blocks, exhaustive=False))
    if hint := figures_hint(blocks):
        print_hint(console, hint)


def figures_hint(blocks: Sequence[Block]) -> str:
    """Return the line that says where to find figures and galleries, empty without them."""
    figures = sum(isinstance(block, Figure) for block in blocks)
    galleries = sum(isinstance(block, Gallery) for block in blocks)
    counts = [
        *([plural(figures, "figure")] if figures else []),
        *([plural(galleries, "gallery of images", "galleries of images")] if galleries else []),
    ]
    if not counts:
        return ""
    thumbnails = " --thumbnails" if galleries else ""
    return (
        f"{' and '.join(counts)}: run lnmbench report with --format html{thumbnails}, or --figures"
        " DIR for files"
    )


def _text_blocks(blocks: Sequence[Block], *, exhaustive: bool) -> list[TextBlock]:
    """Return the clean tables and paragraphs, without exhaustive tables unless asked for."""
    shown = [
        block
        for block in blocks
        if isinstance(block, Paragraph)
        or (isinstance(block, Table) and (exhaustive or not block.exhaustive))
    ]
    return [block for block in clean_blocks(shown) if isinstance(block, Table | Paragraph)]


__all__ = [
    "FORMATS",
    "PAGE_FORMATS",
    "figures_hint",
    "print_blocks",
    "render",
    "render_page",
    "require_new_folder",
    "write_figures",
]
