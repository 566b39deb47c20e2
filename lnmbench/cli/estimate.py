"""`lnmbench run --dry-run`: the estimate of a run as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lnmbench.stages.estimate import RunEstimate


def print_estimate(estimate: RunEstimate) -> None:
    """Print the estimate of a run to standard output."""
    from lnmbench.cli.console import print_to_console
    from lnmbench.stages.estimate import make_estimate_table

    print_to_console([make_estimate_table(estimate)])
