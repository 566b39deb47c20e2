"""`lnmbench report` and `lnmbench export`: what a run found."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lnmbench.cli import plugins

if TYPE_CHECKING:
    from lnmbench.registry import Registry


class Format(StrEnum):
    """How a report is written."""

    table = "table"
    markdown = "markdown"
    csv = "csv"
    json = "json"
    latex = "latex"


RunArgument = Annotated[
    Path | None, typer.Argument(help="Run directory; without it, the latest below runs/.")
]


def report(
    run: RunArgument = None,
    format: Annotated[Format, typer.Option(help="How it is written.")] = Format.table,
    output: Annotated[Path | None, typer.Option(help="Write to a file.")] = None,
    plugin: plugins.PluginOption = None,
) -> None:
    """Print the tables of a run and what they allow to conclude."""
    from lnmbench.stages.report import latest_run

    registry = plugins.load(plugin)
    plugins.tell_problems(registry)
    folder = run or latest_run(Path("runs"))
    if output is None and format is Format.table:
        print_report(folder, registry)
        return
    text = _text(folder, registry, format)
    if output is None:
        typer.echo(text, nl=False)
        return
    _write(output, text)
    typer.echo(f"written to {output}", err=True)


def export(
    run: Annotated[Path, typer.Argument(help="Run directory.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is not there yet.")],
    plugin: plugins.PluginOption = None,
) -> None:
    """Write splits, predictions, scores, settings and manifest of a run as tidy CSV and JSON."""
    from lnmbench.stages import export as stage
    from lnmbench.stages.report import read_results

    registry = plugins.load(plugin)
    for path in stage.export(run, folder, read_results(run, registry)):
        typer.echo(path)


def print_report(folder: Path, registry: Registry) -> None:
    """Print the report of a run to standard output."""
    from rich.console import Console

    from lnmbench.stages.rendering import print_blocks
    from lnmbench.stages.report import blocks, read_results

    console = Console()
    if not console.is_terminal:
        console = Console(width=100)
    print_blocks(console, blocks(read_results(folder, registry), registry))


def _text(folder: Path, registry: Registry, format: Format) -> str:
    import io

    from rich.console import Console

    from lnmbench.stages.rendering import print_blocks, render
    from lnmbench.stages.report import blocks, read_results

    made = blocks(read_results(folder, registry), registry)
    if format is not Format.table:
        return render(made, format.value)
    page = io.StringIO()
    print_blocks(Console(file=page, width=100), made)
    return page.getvalue()


def _write(output: Path, text: str) -> None:
    from lnmbench.errors import UserError
    from lnmbench.store.atomic import replacing

    if output.is_dir():
        raise UserError("cannot write", where=str(output), expected="a file", got="a folder")
    with replacing(output) as beside:
        beside.write_text(text, encoding="utf-8")
