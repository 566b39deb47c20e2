"""Python API: run a benchmark and read its results, as the command line does."""

from lnmbench.api.calls import dry_run, read, run
from lnmbench.api.prepare_call import RunSettings
from lnmbench.api.run_estimates import DryRun
from lnmbench.api.run_results import RunResults

__all__ = ["DryRun", "RunResults", "RunSettings", "dry_run", "read", "run"]
