"""The Typer application. Commands import what they need when they are called."""

from __future__ import annotations

from typing import Annotated

import typer

from lnmbench.cli import check, data, report, run
from lnmbench.cli.listing import list_offers

app = typer.Typer(
    name="lnmbench",
    help="Does an auxiliary task make lymph node metastasis prediction better?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"lnmbench {version('lnmbench')}")
        raise typer.Exit


@app.callback()
def lnmbench(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Does an auxiliary task make lymph node metastasis prediction better?"""


app.command("run")(run.run)
app.command("report")(report.report)
app.command("check")(check.check)
app.command("export")(report.export)
app.command("list")(list_offers)
app.add_typer(data.app, name="data")
