"""The scripts of benchmarks run, and what they compute agrees with other ways to compute it."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from lnmbench import Cohort

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
Run = Callable[[str], str]


NEEDED = "How alike the folds of two methods must be"


def row(text: str, *cells: str) -> list[str]:
    """The cells of the one line of a Markdown table that starts with these cells."""
    lines = [line.strip("| ").split(" | ") for line in text.splitlines()]
    (found,) = (line for line in lines if line[: len(cells)] == list(cells))
    return found


def table(text: str, title: str) -> str:
    return text.partition(f"### {title}\n")[2].partition("### ")[0]


def test_a_published_table_is_read_again_by_the_formulas(run: Run) -> None:
    command = "published --folds 5 --repeats 4 --a .70 .06 --b .73 .05 --format markdown"
    printed, pair = run(command), ("b − a", "AUC", "+.030")
    sd = math.sqrt(0.06**2 + 0.05**2 - 2 * 0.8 * 0.06 * 0.05)
    plain, corrected = sd * math.sqrt(1 / 20), sd * math.sqrt(1 / 20 + 1 / 4)
    for test, error in (("plain paired", plain), ("corrected resampled", corrected)):
        cells = row(table(printed, f"p of the {test} t-test"), *pair)
        p = 2 * stats.t.sf(0.03 / error, 19)
        assert float(cells[4]) == pytest.approx(p, abs=0.0051), "ρ = .80"
    *_, plain_rho, _, corrected_rho, spread = row(table(printed, NEEDED), *pair)
    for found, alpha, ratio in ((plain_rho, 0.01, 0.0), (corrected_rho, 0.05, 1 / 4)):
        largest = 0.03 / stats.t.isf(alpha / 2, 19) / math.sqrt(1 / 20 + ratio)
        rho = (0.06**2 + 0.05**2 - largest**2) / (2 * 0.06 * 0.05)
        assert float(found) == pytest.approx(rho, abs=0.0001)
    assert float(spread) == pytest.approx(largest, abs=0.0001)
    half = stats.t.isf(0.025, 19) * 0.06 * math.sqrt(1 / 20 + 1 / 4)
    assert row(printed, "a", "AUC")[-1] == f"{0.7 - half:.3f} to {0.7 + half:.3f}".replace(
        "0.", "."
    )


def test_the_paper_is_significant_by_the_plain_test_alone(run: Run) -> None:
    printed = run("published --format markdown")
    assert "t shrinks to .287 of its plain value" in printed
    assert "a plain p of .01 is a corrected p of .45" in printed
    assert "takes a plain p below 5 × 10⁻¹⁰" in printed
    pair = ("multi-task − single-task", "AUC", "+.008")
    assert row(table(printed, "p of the plain paired t-test"), *pair)[6] == ".002", "ρ = .95"
    assert row(table(printed, "p of the corrected resampled t-test"), *pair)[6] == ".36"
    assert row(table(printed, NEEDED), "multi-task − LR", "AUC")[5] == ".9874"
    assert row(table(printed, NEEDED), *pair[:1], "AP")[3:] == ["no ρ", "–", "no ρ", "–"]
    assert row(printed, ".03") == [".03", ".006", ".021", ".030"]


WRONG = ["--a .7 .1", "--a .7 0 --b .7 .1", "--a nan .1 --b .7 .1", "--folds 1"]


@pytest.mark.parametrize("wrong", WRONG)
def test_numbers_that_are_no_table_are_refused(run: Run, wrong: str) -> None:
    with pytest.raises(SystemExit) as refused:
        run(f"published {wrong}")
    assert refused.value.code == 2


TINY = "--cases 60 --repeats 1 --folds 3"


def found_in(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_calibration_goes_on_where_it_was_stopped(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "found.csv"
    command = f"calibration {TINY} --out {out} --format markdown"
    run(f"{command} --cohorts 1")
    rows = found_in(out)
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
    assert ".500 at most (wanted: .07 at most: not reached)" in printed
    assert "from 1.000 to 1.000, beyond .3 in 2 of 2 rows" in printed


def test_calibration_keeps_its_hands_off_other_files(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "mine.csv"
    out.write_text("case,label\n1,0", encoding="utf-8")
    with pytest.raises(SystemExit) as refused:
        run(f"calibration --cohorts 0 --out {out}")
    assert refused.value.code == 2
    assert out.read_text(encoding="utf-8") == "case,label\n1,0"


def test_half_sees_half_and_a_coin_knows_nothing(make_cohort: Callable[..., Cohort]) -> None:
    from lnmbench.registry.faults import import_file

    plugin = import_file(BENCHMARKS / "null_plugin.py")
    data = plugin.Null(n=400, core=1, own=2, strength=1.0, seed=5)
    rows = [case.values for case in data.cases()]
    frame = pd.DataFrame(rows)[[c.name for c in data.columns if c.role == "feature"]].astype(float)
    truth = np.array([float(str(r["n2"])) for r in rows])
    model = (
        plugin.Half(which="a", c=0.1)
        .estimator([c for c in data.columns if c.role == "feature"])
        .fit(frame, truth)
    )
    before = model.predict_proba(frame)[:, 1]
    for name, seen in (("b_0", False), ("b_1", False), ("a_0", True), ("core_0", True)):
        after = model.predict_proba(frame.assign(**{name: 3.0}))[:, 1]
        assert (np.abs(after - before).max() > 0.01) == seen, name
    cohort = make_cohort(n=2000)
    one, other = (plugin.Coin(seed=seed).targets(cohort) for seed in (1, 2))
    tosses = np.corrcoef([one, other, cohort.values["n2"]])
    assert np.abs(tosses - np.eye(3)).max() < 0.1
    assert 0.45 < one.mean() < 0.55
