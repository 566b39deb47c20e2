"""Estimate of a run in Python: a frame, or text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lnmbench.rendering import render
from lnmbench.stages.estimate import RunEstimate, make_estimate_table

if TYPE_CHECKING:
    import pandas as pd


class DryRun:
    """Expected time, disk and memory of a run, as `dry_run` returns them; `print` shows all.

    Parameters
    ----------
    estimate
        The estimate.

    Attributes
    ----------
    record
        The estimate with all details.
    """

    def __init__(self, estimate: RunEstimate) -> None:
        self.record = estimate

    @property
    def folder(self) -> Path | None:
        """The run directory, None if its name depends on images that are not ingested."""
        return self.record.folder

    @property
    def seconds(self) -> tuple[float, float]:
        """The range of the expected time in seconds."""
        return self.record.seconds.low, self.record.seconds.high

    @property
    def disk(self) -> int:
        """The expected growth of files in bytes."""
        return self.record.disk

    @property
    def memory(self) -> int:
        """The bytes of the fits that train at the same time, 0 without networks."""
        return max((method.memory or 0 for method in self.record.methods), default=0)

    def table(self) -> pd.DataFrame:
        """Return a row for each method: what it lacks, seconds, and bytes of disk and memory.

        The columns are `units`, `units_all`, `fits`, `slices` (to encode), `seconds_low`,
        `seconds_high`, `disk` and `memory`. Ingest and permutation importance are not counted.
        """
        import pandas as pd

        rows = [
            {
                "method": method.label,
                "units": method.units,
                "units_all": method.units_all,
                "fits": method.fits,
                "slices": method.slices,
                "seconds_low": method.seconds.low,
                "seconds_high": method.seconds.high,
                "disk": method.disk,
                "memory": method.memory or 0,
            }
            for method in self.record.methods
        ]
        return pd.DataFrame(rows).set_index("method")

    def __str__(self) -> str:
        return render([make_estimate_table(self.record)], "table")

    def __repr__(self) -> str:
        return str(self)
