"""estimate: what a run would do and take, told before it starts; writes nothing."""

from lnmbench.stages.estimate.estimate_run import estimate
from lnmbench.stages.estimate.estimates import Arm, RunEstimate, Span

__all__ = ["Arm", "RunEstimate", "Span", "estimate"]
