"""run: the fits that a ledger lacks, trained chunk after chunk."""

from lnmbench.stages.run.run_benchmark import run

__all__ = ["run"]
