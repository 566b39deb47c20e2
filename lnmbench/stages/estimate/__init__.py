"""estimate: time, disk space and memory of a run, before it starts."""

from lnmbench.stages.estimate.estimate_run import estimate
from lnmbench.stages.estimate.estimate_table import make_estimate_table
from lnmbench.stages.estimate.estimates import IngestEstimate, MethodEstimate, RunEstimate, Span

__all__ = [
    "IngestEstimate",
    "MethodEstimate",
    "RunEstimate",
    "Span",
    "estimate",
    "make_estimate_table",
]
