"""Resources of a run."""

from __future__ import annotations

from lnmbench.records import Resources


def test_a_run_needs_no_gpu_and_no_limit_by_default() -> None:
    assert Resources() == Resources(device="cpu", memory_gb=None)
