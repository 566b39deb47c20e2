"""`lnmbench report` and `lnmbench export`: what a run found."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lnmbench.cli import plugins

if TYPE_CHECKING:
    from lnmbench.records import Page
    from lnmbench.registry import Registry

HTML_FILE = Path("report.html")


class Format(StrEnum):
    """How a report is written."""

    table = "table"
    markdown = "markdown"
    csv = "csv"
    json = "json"
    latex = "latex"
    html = "html"


def report(
    run: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Run directory; without it, the latest below runs/. Several stand side by side."
        ),
    ] = None,
    format: Annotated[Format, typer.Option(help="How it is written.")] = Format.table,
    output: Annotated[
        Path | None,
        typer.Option(help="Write to a file. On a terminal, html goes to report.html without it."),
    ] = None,
    figures: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Also write each figure as SVG, PDF and CSV to a folder."),
    ] = None,
    plugin: plugins.PluginOption = None,
) -> None:
    """Print what a run found and what it allows to conclude, or write it as one page."""
    import sys

    from lnmbench.stages.report.load_results import across_page, latest_run, page
    from lnmbench.stages.report.merge_runs import read_several

    registry = plugins.load(plugin)
    plugins.tell_problems(registry)
    cohorts = read_several(run or [latest_run(Path("runs"))], registry)
    made = page(cohorts[0], registry) if len(cohorts) == 1 else across_page(cohorts, registry)
    if figures is not None:
        _write_figures(made, figures)
    if output is None and format is Format.html and sys.stdout.isatty():
        output = HTML_FILE
    if output is None:
        _print(made, format)
        return
    _write(output, _text(made, format))
    typer.echo(f"written to {output}", err=True)


def export(
    run: Annotated[Path, typer.Argument(help="Run directory.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is not there yet.")],
    plugin: plugins.PluginOption = None,
) -> None:
    """Write splits, predictions, scores, settings and manifest of a run as tidy CSV and JSON."""
    from lnmbench.stages.report import export as stage
    from lnmbench.stages.report.load_results import read_results

    registry = plugins.load(plugin)
    for path in stage.export(run, folder, read_results(run, registry)):
        typer.echo(path)


def print_report(folder: Path, registry: Registry) -> None:
    """Print what answers, of the report of a run, to standard output."""
    from lnmbench.stages.report.load_results import page, read_results

    _print(page(read_results(folder, registry), registry, brief=True), Format.table)


def _print(page: Page, format: Format) -> None:
    from rich.console import Console

    from lnmbench.rendering import print_blocks

    if format is not Format.table:
        # a page says that it is UTF-8, whatever the terminal's own encoding is
        text = _text(page, format)
        typer.echo(text.encode("utf-8") if format is Format.html else text, nl=False)
        return
    console = Console()
    if not console.is_terminal:
        console = Console(width=100)
    print_blocks(console, page.blocks)


def _text(page: Page, format: Format) -> str:
    import io

    from rich.console import Console

    from lnmbench.rendering import print_blocks, render_page

    if format is not Format.table:
        return render_page(page, format.value)
    stream = io.StringIO()
    print_blocks(Console(file=stream, width=100), page.blocks)
    return stream.getvalue()


def _write(output: Path, text: str) -> None:
    from lnmbench.errors import UserError
    from lnmbench.store.atomic import replacing

    if output.is_dir():
        raise UserError("cannot write", where=str(output), expected="a file", got="a folder")
    with replacing(output) as beside:
        beside.write_text(text, encoding="utf-8")


def _write_figures(page: Page, folder: Path) -> None:
    from lnmbench.rendering import write_figures

    written = write_figures(page, folder)
    what = f"{len(written)} files written to {folder}" if written else "no figures in this report"
    typer.echo(what, err=True)
