"""The Typer application. Commands import what they need when they are called."""

from __future__ import annotations

from typing import Annotated

import typer

from lnmbench.cli import check, data, explain, report, run
from lnmbench.cli.help import print_help_without_command
from lnmbench.cli.list_offers import list_offers
from lnmbench.cli.strict_command import StrictCommand

app = typer.Typer(
    name="lnmbench",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _print_version(is_requested: bool) -> None:
    if is_requested:
        from importlib.metadata import version

        typer.echo(f"lnmbench {version('lnmbench')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def lnmbench(
    context: typer.Context,
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
    print_help_without_command(context)


app.command("run", cls=StrictCommand)(run.run)
app.command("report", cls=StrictCommand)(report.report)
app.command("explain", cls=StrictCommand)(explain.explain)
app.command("check", cls=StrictCommand)(check.check)
app.command("export", cls=StrictCommand)(report.export)
app.command("list", cls=StrictCommand)(list_offers)
app.add_typer(data.app, name="data")
