"""Tables and paragraphs in a terminal, or as plain text."""

from __future__ import annotations

import io
from collections.abc import Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from lnmbench.records import Paragraph, Table
from lnmbench.rendering.headings import wrap_heading

WIDTH = 100
LONGEST_WORD = 12

_PLAIN = str.maketrans(
    {"−": "-", "–": "-", "•": "-", "…": "...", "×": "x", "±": "+/-", "≥": ">=", "≤": "<="}
)


def to_text(blocks: Sequence[Table | Paragraph]) -> str:
    """Return plain text, 100 columns wide."""
    stream = io.StringIO()
    console = Console(file=stream, width=WIDTH, color_system=None, force_terminal=False)
    print_text_blocks(console, blocks)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()).strip("\n") + "\n"


def print_text_blocks(console: Console, blocks: Sequence[Table | Paragraph]) -> None:
    """Print blocks as literal text, in characters of the console's encoding.

    A table that is wider than the console is printed completely, in long lines.
    """
    encoding = console.encoding
    for block in blocks:
        console.print()
        console.print(_text(block.title, encoding, style="bold"))
        if isinstance(block, Paragraph):
            console.print(_sentences(block, encoding))
        else:
            _print_table(console, block)
            for note in block.notes:
                console.print(_text(note, encoding, style="dim"))


def print_hint(console: Console, line: str) -> None:
    """Print a line that belongs to no block, after an empty line."""
    console.print()
    console.print(_text(line, console.encoding, style="dim"))


def _sentences(paragraph: Paragraph, encoding: str) -> RenderableType:
    lines = [_text(line, encoding) for line in paragraph.lines]
    if len(lines) == 1:
        return lines[0]
    grid = Grid.grid(padding=(0, 1, 0, 0))
    grid.add_column()
    grid.add_column(overflow="fold")
    for line in lines:
        grid.add_row(_text("•", encoding), line)
    return grid


def _print_table(console: Console, table: Table) -> None:
    gap = 2 if console.width >= WIDTH else 1
    grid = Grid(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, gap - 1, 0, 0))
    least = gap * (len(table.columns) - 1)
    for index, column in enumerate(table.columns):
        cells = [row[index].text for row in table.rows]
        longest = max(map(cell_len, cells), default=0)
        is_numeric = column.align == "right"  # numbers are not broken, words may be
        lines = wrap_heading(column.heading, at_least=longest if is_numeric else LONGEST_WORD)
        parts = [*lines, *(cells if is_numeric else " ".join(cells).split())]
        width = max(map(cell_len, parts))
        width = width if is_numeric else min(width, LONGEST_WORD)
        least += width
        grid.add_column(
            _text("\n".join(lines), console.encoding, style="bold"),
            justify=column.align,
            vertical="top",
            overflow="fold",
            min_width=width,
            width=width if is_numeric else None,
        )
    for row in table.rows:
        grid.add_row(*(_text(cell.text, console.encoding) for cell in row))
    grid.width = least if least > console.width else None
    console.print(grid, crop=False)


def _text(text: str, encoding: str, *, style: str = "") -> Text:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        text = text.translate(_PLAIN).encode("ascii", "replace").decode("ascii")
    return Text(text, style=style)
