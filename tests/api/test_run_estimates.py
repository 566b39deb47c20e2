"""The estimate of a run in Python: what the command prints, as a frame."""

from __future__ import annotations

from pathlib import Path

import pytest

import lnmbench
from lnmbench import RunSettings, UserError


def test_a_dry_run_counts_what_a_run_lacks_and_writes_nothing(
    home: Path, small: RunSettings
) -> None:
    before = sorted(Path("..").rglob("*"))
    estimate = lnmbench.dry_run(**small, baseline=["firth", "naive_bayes"], progress=False)
    assert sorted(Path("..").rglob("*")) == before
    frame = estimate.table()
    assert frame.index.tolist() == ["firth", "naive_bayes"]
    assert frame["units"].tolist() == frame["units_all"].tolist() == [2, 2]
    low, high = estimate.seconds
    assert 0 < low <= high
    assert estimate.disk > 0
    assert estimate.memory == 0
    assert "naive_bayes" in str(estimate)
    assert "nothing was written" in repr(estimate)
    with pytest.raises(UserError, match="unknown setting 'folders'"):
        lnmbench.dry_run(**small, folders=3)  # type: ignore[call-arg]
