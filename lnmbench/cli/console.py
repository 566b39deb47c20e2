"""Standard output: as wide as the terminal, or of a fixed width in files and pipes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.console import Console

    from lnmbench.records import Block

FILE_WIDTH = 100
_PLAIN_TERMINALS = ("dumb", "unknown")


def make_console(file: TextIO | None = None, *, file_width: int = FILE_WIDTH) -> Console:
    """Return a console for standard output, or for a file.

    Parameters
    ----------
    file
        Where to write; by default standard output.
    file_width
        Characters in a line, unless the output is a terminal.
    """
    from rich.console import Console

    console = Console(file=file)
    return console if console.is_terminal else Console(file=file, width=file_width)


def print_document(text: str) -> None:
    """Print a text that is made to be saved, such as JSON: in UTF-8, except in a terminal.

    Invisible characters of a terminal or of a right-to-left script are escaped as in TOML.
    """
    import sys

    import typer

    from lnmbench.text import escape_invisible

    text = escape_invisible(text, keep="\n\t")
    is_file = hasattr(sys.stdout, "buffer") and not sys.stdout.isatty()
    typer.echo(text.encode("utf-8") if is_file else text, nl=False)


def print_line(line: str) -> None:
    """Print a line to standard output, with its indentation."""
    import typer

    from lnmbench.text import clean

    indentation = " " * (len(line) - len(line.lstrip(" ")))
    typer.echo(indentation + clean(line))


def print_title(title: str) -> None:
    """Print the title of a table to standard output, bold in a terminal."""
    import typer

    from lnmbench.text import clean

    typer.echo(_bold(clean(title)))


def print_table(rows: Sequence[Sequence[str]], *, file_width: int = FILE_WIDTH) -> None:
    """Print a table of texts, and an empty line, to standard output.

    Parameters
    ----------
    rows
        The cells of each row, those of the heading first; none prints the empty line alone.
    file_width
        Characters in a line, unless the output is a terminal.
    """
    import sys
    from shutil import get_terminal_size

    import typer

    from lnmbench.cli.text_table import format_table
    from lnmbench.text import clean

    if rows:
        width = get_terminal_size().columns if sys.stdout.isatty() else file_width
        heading, *lines = format_table([[clean(cell) for cell in row] for row in rows], width)
        typer.echo("\n".join([_bold(heading), *lines]))
    typer.echo()


def _bold(text: str) -> str:
    import os

    import typer

    return text if os.environ.get("TERM") in _PLAIN_TERMINALS else typer.style(text, bold=True)


def print_path(path: Path) -> None:
    """Print a path to standard output: to a program as it is, in a terminal without controls."""
    import sys

    import typer

    from lnmbench.text import escape_invisible

    typer.echo(escape_invisible(str(path)) if sys.stdout.isatty() else path)


def print_to_console(blocks: Sequence[Block], file: TextIO | None = None) -> None:
    """Print tables and paragraphs to standard output, or to a file."""
    from lnmbench.rendering import print_blocks

    print_blocks(make_console(file), blocks)


def print_notice(line: str) -> None:
    """Print a notice to standard error, apart from the output."""
    import typer

    from lnmbench.text import clean

    typer.echo(clean(line), err=True)
