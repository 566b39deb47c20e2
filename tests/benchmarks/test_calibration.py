"""Type I error of the statistical tests: experiments, their file and their table."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from pathlib import Path

import pytest
from scipy import stats

Run = Callable[[str], str]
TINY = "--cases 150 --repeats 1 --folds 3"


def row(text: str, *cells: str) -> list[str]:
    """The cells of the one line of a Markdown table that starts with these cells."""
    lines = [line.strip("| ").split(" | ") for line in text.splitlines()]
    (row_cells,) = (line for line in lines if line[: len(cells)] == list(cells))
    return row_cells


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_calibration_resumes(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "found.csv"
    command = f"calibration {TINY} --out {out} --format markdown"
    run(f"{command} --cohorts 1")
    rows = read_rows(out)
    assert [(r["scenario"], r["metric"]) for r in rows] == [
        (scenario, metric)
        for scenario in ("halves", "core", "networks")
        for metric in ("auc", "ap")
    ]
    for r in rows:
        assert 0.3 < float(r["a"]) != float(r["b"]) < 1.0, "two methods, neither by heart"
        t = (float(r["b"]) - float(r["a"])) / (float(r["sd"]) * math.sqrt(1 / 3 + 1 / 2))
        assert float(r["corrected"]) == pytest.approx(2 * stats.t.sf(abs(t), 2))
    whole = out.read_text(encoding="utf-8")
    out.write_text(whole[:-20], encoding="utf-8")  # killed while it wrote
    printed = run(f"{command} --cohorts 1")
    assert out.read_text(encoding="utf-8") == whole, "the cohort that was cut off is the same again"
    assert row(printed, "networks", "ap")[4] == "1"


def test_calibration_counts_rejections(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "found.csv"
    run(f"calibration {TINY} --scenario halves --cohorts 1 --out {out}")
    header, auc, _ = out.read_text(encoding="utf-8").splitlines()
    names = header.split(",")
    lines = [header]
    for cohort, p in enumerate((0.01, 0.04, 0.06, 0.9)):
        cells = dict(zip(names, auc.split(","), strict=True))
        cells |= {"cohort": str(cohort), "corrected": str(p), "paired": "0.001"}
        lines += [",".join({**cells, "metric": metric}.values()) for metric in ("auc", "ap")]
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    printed = run(f"calibration --cohorts 0 --out {out} --format markdown")
    counted = row(printed, "halves", "auc")
    assert counted[4] == "4"
    assert ".500 ± .250" in counted
    assert "1.000 ± .000" in counted
    assert ".500 at most (target: .07 at most: not reached)" in printed
    assert "from 1.000 to 1.000, above .3 in 2 of 2 rows" in printed


def test_calibration_does_not_touch_other_files(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "mine.csv"
    out.write_text("case,label\n1,0", encoding="utf-8")
    with pytest.raises(SystemExit) as refused:
        run(f"calibration --cohorts 0 --out {out}")
    assert refused.value.code == 2
    assert out.read_text(encoding="utf-8") == "case,label\n1,0"
