"""Tables and paragraphs in a terminal, or as plain text."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from lnmbench.records import Paragraph, Table, TableColumn
from lnmbench.rendering.headings import wrap_heading
from lnmbench.rendering.name_breaks import longest_part, longest_word, wrap_name
from lnmbench.text import plural

WIDTH = 100
LONGEST_WORD = 12
"""Cells that a part of a name may take in a table that is too wide; longer ones are broken."""
MOST_ROWS = 60
"""The largest number of rows of a table; a note counts the others."""

_PLAIN = str.maketrans(
    {"−": "-", "–": "-", "•": "-", "…": "...", "×": "x", "±": "+/-", "≥": ">=", "≤": "<="}
)


def to_text(blocks: Sequence[Table | Paragraph]) -> str:
    """Return plain text, 100 columns wide."""
    stream = io.StringIO()
    console = Console(
        file=stream, width=WIDTH, color_system=None, force_terminal=False, force_jupyter=False
    )
    print_text_blocks(console, blocks)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()).strip("\n") + "\n"


def print_text_blocks(console: Console, blocks: Sequence[Table | Paragraph]) -> None:
    """Print blocks as literal text, in characters of the console's encoding.

    A table that is wider than the console is printed completely, in long lines. Of a table with
    more than `MOST_ROWS` rows, the first ones are printed.
    """
    encoding = console.encoding
    for block in blocks:
        console.print()
        console.print(_text(block.title, encoding, style="bold"))
        if isinstance(block, Paragraph):
            console.print(_sentences(block, encoding))
        else:
            _print_table(console, block)
            for note in (*_count_hidden_rows(block), *block.notes):
                console.print(_text(note, encoding, style="dim"))


def _count_hidden_rows(table: Table) -> Iterator[str]:
    hidden = len(table.rows) - MOST_ROWS
    if hidden > 0:
        yield f"{plural(hidden, 'more row')} in other formats: lnmbench report --format html or csv"


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
    rows = table.rows[:MOST_ROWS]
    cells = [[row[index].text for row in rows] for index in range(len(table.columns))]
    headings = [_wrap_heading(*pair) for pair in zip(table.columns, cells, strict=True)]
    gaps = gap * (len(table.columns) - 1)
    widths = _choose_widths(table.columns, headings, cells, console.width - gaps)
    for column, lines, width in zip(table.columns, headings, widths, strict=True):
        grid.add_column(
            _text("\n".join(lines), console.encoding, style="bold"),
            justify=column.align,
            vertical="top",
            overflow="fold",
            width=width,
        )
    for row in rows:
        lines_by_cell = [wrap_name(c.text, w) for c, w in zip(row, widths, strict=True)]
        grid.add_row(*(_text("\n".join(lines), console.encoding) for lines in lines_by_cell))
    total = sum(widths) + gaps
    grid.width = total if total > console.width else None
    console.print(grid, crop=False)


def _wrap_heading(column: TableColumn, cells: Sequence[str]) -> list[str]:
    longest = max(map(cell_len, cells), default=0)
    return wrap_heading(column.heading, at_least=longest if _is_numeric(column) else LONGEST_WORD)


def _is_numeric(column: TableColumn) -> bool:
    return column.align == "right"  # numbers are not broken, names may be


def _choose_widths(
    columns: Sequence[TableColumn],
    headings: Sequence[Sequence[str]],
    cells: Sequence[Sequence[str]],
    available: int,
) -> list[int]:
    """Return the width of each column.

    Names keep whole words if all columns fit then, else whole parts of words. The cells that remain
    go to the narrowest columns.
    """

    def measure(name_width: Callable[[str], int]) -> list[int]:
        return [
            max(map(cell_len if _is_numeric(column) else name_width, (*lines, *texts)), default=0)
            for column, lines, texts in zip(columns, headings, cells, strict=True)
        ]

    least = measure(lambda text: min(LONGEST_WORD, longest_word(text)))
    for name_width in (longest_part, longest_word):
        widths = measure(name_width)
        least = widths if sum(widths) <= available else least
    most = measure(cell_len)
    for _ in range(available - sum(least)):
        narrow = [index for index, width in enumerate(least) if width < most[index]]
        if narrow:
            least[min(narrow, key=lambda index: least[index])] += 1
    return least


def _text(text: str, encoding: str, *, style: str = "") -> Text:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        text = text.translate(_PLAIN).encode("ascii", "replace").decode("ascii")
    return Text(text, style=style)
