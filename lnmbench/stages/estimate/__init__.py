"""estimate: time, disk space and memory of a run, before it starts."""

from lnmbench.stages.estimate.estimate_run import estimate
from lnmbench.stages.estimate.estimates import MethodEstimate, RunEstimate, Span

__all__ = ["MethodEstimate", "RunEstimate", "Span", "estimate"]
