"""Turns the blocks of a report into text; knows nothing of the sections that made them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from lnmbench.errors import UserError, nearest
from lnmbench.records import Block
from lnmbench.stages.rendering.clean import cleaned
from lnmbench.stages.rendering.json_text import to_json
from lnmbench.stages.rendering.latex import to_latex
from lnmbench.stages.rendering.markdown import to_markdown
from lnmbench.stages.rendering.terminal import show, to_text
from lnmbench.stages.rendering.tidy_csv import to_csv

if TYPE_CHECKING:
    from rich.console import Console

_RENDERERS: dict[str, Callable[[Sequence[Block]], str]] = {
    "table": to_text,
    "markdown": to_markdown,
    "csv": to_csv,
    "json": to_json,
    "latex": to_latex,
}

FORMATS = tuple(_RENDERERS)


def render(blocks: Sequence[Block], format: str) -> str:
    """Return the blocks as text that ends with a newline, in one of `FORMATS`.

    Every text of a block is taken for hostile: what a format would interpret is escaped, and
    control characters are removed. `table` is plain text, 100 columns wide. Raises `UserError`
    for an unknown format.
    """
    renderer = _RENDERERS.get(format)
    if renderer is None:
        raise UserError(f"unknown report format {format!r}", then=nearest(format, FORMATS))
    return renderer(cleaned(blocks))


def print_blocks(console: Console, blocks: Sequence[Block]) -> None:
    """Print the blocks as wide as the console is; no text of theirs is taken for markup."""
    show(console, cleaned(blocks))


__all__ = ["FORMATS", "print_blocks", "render"]
