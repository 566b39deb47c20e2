"""`lnmbench check`: what the numbered checks find in a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lnmbench.cli import plugins

FOUND = 1
"""The exit code where a check found an error, or could not look."""


def check(
    run: Annotated[
        Path | None, typer.Argument(help="Run directory; without it, the latest below runs/.")
    ] = None,
    plugin: plugins.PluginOption = None,
) -> None:
    """Print what the numbered checks find in a run; exit code 1 where one finds an error."""
    from rich.console import Console

    from lnmbench.errors import UserError
    from lnmbench.rendering import print_blocks
    from lnmbench.stages.report import checks as stage
    from lnmbench.stages.report.load_results import latest_run, read_results

    registry = plugins.load(plugin)
    plugins.tell_problems(registry)
    folder = run or latest_run(Path("runs"))
    checked = stage.run_checks(read_results(folder, registry), registry)
    table = stage.table(checked)
    if table is None:
        raise UserError("no plugin in use offers a check", then="see lnmbench list checks")
    console = Console()
    print_blocks(console if console.is_terminal else Console(width=100), [table])
    if stage.is_bad(checked):
        raise typer.Exit(FOUND)
