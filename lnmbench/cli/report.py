"""`lnmbench report` and `lnmbench export`: the results of a run."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lnmbench.cli.console import print_notice, print_path
from lnmbench.cli.option_groups import expand_groups
from lnmbench.cli.plugins import PluginOptions

if TYPE_CHECKING:
    from lnmbench.records import Page, Results
    from lnmbench.registry import Registry

HTML_FILE = Path("report.html")


class Format(StrEnum):
    """Format of a report."""

    table = "table"
    markdown = "markdown"
    csv = "csv"
    json = "json"
    latex = "latex"
    html = "html"


@expand_groups
def report(
    *,
    run: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Run directory (default: the latest below runs/); several make one report."
        ),
    ] = None,
    format: Annotated[
        Format, typer.Option(help="Format of the report.", rich_help_panel="Output")
    ] = Format.table,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help=f"Write to this file (default for html on a terminal: {HTML_FILE}).",
            rich_help_panel="Output",
        ),
    ] = None,
    figures: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Also write each figure as SVG, PDF and CSV, and images as PNG, to this folder.",
            rich_help_panel="Output",
        ),
    ] = None,
    thumbnails: Annotated[
        bool,
        typer.Option(
            "--thumbnails",
            help="Show CT images of the cases that every method gets wrong (html, --figures).",
            rich_help_panel="Output",
        ),
    ] = False,
    plugins: PluginOptions,
) -> None:
    """Print the report of one or more runs, or write it to a file."""
    import sys

    from lnmbench.cli.console import print_notice
    from lnmbench.errors import UserError
    from lnmbench.stages.report import find_latest_run, read_runs, write_report

    if thumbnails and format is not Format.html and figures is None:
        raise UserError(
            f"--thumbnails has no effect on --format {format.value}",
            then="add --format html, or --figures DIR for files",
        )
    registry = plugins.load()
    cohorts = read_runs(run or [find_latest_run(Path("runs"))], registry, print_notice)
    page = _build(cohorts, registry, thumbnails=thumbnails)
    if figures is not None:
        write_figures(page, figures)
    if output is None and format is Format.html and sys.stdout.isatty():
        output = HTML_FILE
    if output is None:
        _print(page, format)
    else:
        write_report(page, output, format.value)
        print_notice(f"written to {output}")
    warn_of_faults(page)


@expand_groups
def export(
    *,
    run: Annotated[Path, typer.Argument(help="Run directory.")],
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder to create; it must not exist.")
    ],
    plugins: PluginOptions,
) -> None:
    """Write splits, predictions, scores, settings and manifest of a run as tidy CSV and JSON."""
    from lnmbench.cli.console import print_notice
    from lnmbench.stages.report import export_run, read_results

    registry = plugins.load()
    for path in export_run(run, folder, read_results(run, registry, print_notice)):
        print_path(path)


def print_brief_report(folder: Path, registry: Registry) -> None:
    """Print the sections of a run's report that answer its questions to standard output."""
    from lnmbench.stages.report import build_page, read_results

    page = build_page(read_results(folder, registry), registry, brief=True)
    _print(page, Format.table)
    warn_of_faults(page)


def warn_of_faults(page: Page) -> None:
    """Print a line on each plugin that failed and is missing in a report."""
    for line in page.faults:
        print_notice(f"warning: {line}")


def _build(cohorts: Sequence[Results], registry: Registry, *, thumbnails: bool) -> Page:
    from lnmbench.environment import home
    from lnmbench.errors import UserError
    from lnmbench.stages.report import (
        build_page,
        build_page_across,
        build_page_with_thumbnails,
        has_images,
    )

    if len(cohorts) > 1:
        if thumbnails:
            raise UserError(
                "--thumbnails shows the cases of one cohort",
                got=f"runs over {len(cohorts)} cohorts",
                then="report each cohort by itself",
            )
        return build_page_across(cohorts, registry)
    if not thumbnails:
        return build_page(cohorts[0], registry)
    page = build_page_with_thumbnails(cohorts[0], registry, home())
    if not has_images(page):
        print_notice(
            "--thumbnails has no effect: this report lists no case that every method gets wrong"
        )
    return page


def _print(page: Page, format: Format) -> None:
    from lnmbench.cli.console import print_document, print_to_console
    from lnmbench.rendering import render_page

    if format is Format.table:
        print_to_console(page.blocks)
    else:
        print_document(render_page(page, format.value))


def write_figures(page: Page, folder: Path) -> None:
    """Write each figure and picture of a page to a new folder, and say how many."""
    from lnmbench.rendering import write_figures
    from lnmbench.text import plural

    files = write_figures(page, folder)
    line = (
        f"{plural(len(files), 'file')} written to {folder}"
        if files
        else "this report has no figures"
    )
    print_notice(line)
