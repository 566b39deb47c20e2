"""The Typer application. Commands import what they need when they are called."""

from __future__ import annotations

from typing import Annotated

import typer

from lnmbench.cli import check, data, report, run
from lnmbench.cli.list_offers import list_offers

app = typer.Typer(
    name="lnmbench",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _print_version(is_requested: bool) -> None:
    if is_requested:
        from importlib.metadata import version

        typer.echo(f"lnmbench {version('lnmbench')}")
        raise typer.Exit


@app.callback()
def lnmbench(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            metavar="",
            help="Print the version.",
        ),
    ] = False,
) -> None:
    """Benchmark of auxiliary tasks for the prediction of lymph node metastasis."""


app.command("run")(run.run)
app.command("report")(report.report)
app.command("check")(check.check)
app.command("export")(report.export)
app.command("list")(list_offers)
app.add_typer(data.app, name="data")
