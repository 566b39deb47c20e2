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

    The exit code is 1 if a check reports an error or fails, or a metric or comparison does.
    """
    from lnmbench.cli.console import print_notice, print_to_console
    from lnmbench.errors import UserError
    from lnmbench.stages.report import (
        check_table,
        find_latest_run,
        has_errors,
        read_results,
        run_checks,
    )

    registry = plugins.load()
    folder = run or find_latest_run(Path("runs"))
    results = read_results(folder, registry, print_notice)
    check_results = run_checks(results, registry)
    table = check_table(check_results)
    if table is None:
        raise UserError("no plugin in use offers a check", then="see lnmbench list checks")
    print_to_console([table])
    for fault in results.faults:
        print_notice(f"warning: {fault.message}")
    if has_errors(check_results) or results.faults:
        raise typer.Exit(EXIT_ERROR)
