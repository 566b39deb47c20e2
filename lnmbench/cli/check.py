"""`lnmbench check`: results of the numbered checks of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lnmbench.cli.option_groups import expand_groups
from lnmbench.cli.plugins import PluginOptions

EXIT_ERROR = 1
"""The exit code if a check reports an error or fails."""


@expand_groups
def check(
    *,
    run: Annotated[
        Path | None, typer.Argument(help="Run directory (default: the latest below runs/).")
    ] = None,
    plugins: PluginOptions,
) -> None:
    """Print the results of the numbered checks of a run.

    The exit code is 1 if a check reports an error or fails.
    """
    from lnmbench.cli.console import print_to_console
    from lnmbench.errors import UserError
    from lnmbench.stages.report import checks as stage
    from lnmbench.stages.report.load_results import latest_run, read_results

    registry = plugins.load()
    folder = run or latest_run(Path("runs"))
    check_results = stage.run_checks(read_results(folder, registry), registry)
    table = stage.table(check_results)
    if table is None:
        raise UserError("no plugin in use offers a check", then="see lnmbench list checks")
    print_to_console([table])
    if stage.is_bad(check_results):
        raise typer.Exit(EXIT_ERROR)
