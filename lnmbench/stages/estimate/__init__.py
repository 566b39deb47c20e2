"""estimate: what a run would do and take, told before it starts; writes nothing."""

from lnmbench.stages.estimate.records import Arm, RunEstimate, Span
from lnmbench.stages.estimate.stage import estimate

__all__ = ["Arm", "RunEstimate", "Span", "estimate"]
