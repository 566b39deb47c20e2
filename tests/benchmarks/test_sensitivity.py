"""The table of network and ten-line pipeline."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[[str], str]
HEADER = "cohort,label,aux,repeats,folds,inner,cases,positives,pipeline,network,low,high,seconds"
ROW = "synthetic A,before,none,2,5,3,600,150,0.78,0.75,-0.05,-0.01,41.2"


def test_stored_cohorts_are_printed(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    out.write_text(f"{HEADER}\n{ROW}\nsynthetic B,bef", encoding="utf-8")  # killed while writing
    printed = run(f"sensitivity --out {out} --format markdown")
    expected = (
        "| synthetic A | before | none | 600 | 150 | 2 × 5 × 3 | .780 | .750"
        " | −.030 (−.050 to −.010) | 41 |"
    )
    assert expected in printed
    assert out.read_text(encoding="utf-8") == f"{HEADER}\n{ROW}\n"


def test_other_files_are_refused(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    out.write_text("case,label\n1,0\n", encoding="utf-8")
    with pytest.raises(SystemExit) as refused:
        run(f"sensitivity --out {out}")
    assert refused.value.code == 2
    assert out.read_text(encoding="utf-8") == "case,label\n1,0\n"
