"""Python API: run a benchmark and read its results, as the command line does."""

from lnmbench.api.calls import RunSettings, read, run
from lnmbench.api.run_results import RunResults

__all__ = ["RunResults", "RunSettings", "read", "run"]
