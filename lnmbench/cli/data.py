"""`lnmbench data`: cohorts, before anything is trained."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lnmbench.cli import plugins

app = typer.Typer(help="Look at data sets.", no_args_is_help=True)


@app.callback()
def data() -> None:
    """Look at data sets."""


@app.command()
def describe(
    file: Annotated[Path, typer.Argument(help="A table of cases: CSV, TSV or Excel.")],
    plugin: plugins.PluginOption = None,
) -> None:
    """Propose a data dictionary for a table, as TOML to edit."""
    from lnmbench.errors import UserError

    registry = plugins.load(plugin)
    for offer in registry.offers("dataset"):
        propose = getattr(offer.factory, "propose", None)
        if propose is not None:
            typer.echo(propose(file), nl=False)
            return
    raise UserError("no plugin proposes data dictionaries", then="see lnmbench list datasets")
