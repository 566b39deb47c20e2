"""The table of power: counts of stored answers, and experiments that were cut off."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lnmbench.errors import UserError
from lnmbench.store.cohort_file import read_cohort

Run = Callable[[str], str]
BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
HEADER = (
    "label,setting,cases,repeats,folds,inner,train_unlabeled,cohort,arm,auc,reference,test,pvalue\n"
)


def lines(cohort: int, auc: float, holm: float, claim: float) -> str:
    start = f'defaults,"effect=1,noise=2",300,3,5,3,False,{cohort},pt,{auc},0.7'
    return f"{start},holm,{holm}\n{start},claim,{claim}\n"


def test_shares_are_counted(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    rows = (lines(0, 0.75, 0.01, 0.05), lines(1, 0.73, 0.2, 1), lines(2, 0.65, 0.01, 1))
    out.write_text(HEADER + "".join(rows) + lines(3, 0.71, 0.04, 0.04), encoding="utf-8")
    printed = run(f"power --cohorts 0 --out {out} --format markdown")
    (row,) = (line for line in printed.splitlines() if line.startswith("| effect=1,noise=2"))
    cells = row.strip("| ").split(" | ")
    assert cells[:6] == ["effect=1,noise=2", "pt", "300", "3 × 5 × 3", "4", ".700"]
    # gains .05, .03, −.05, .01: mean .01, SD .0432, √4 cohorts
    assert cells[6] == "+.010 ± .022"
    assert cells[7:] == [".25 ± .22", ".50 ± .25", ".50 ± .25"]  # worse, declared, claim


def test_an_experiment_that_was_cut_off_is_removed(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    whole, cut = lines(0, 0.75, 0.01, 0.05), lines(1, 0.73, 0.2, 1.0)
    out.write_text(HEADER + whole + cut[:-5], encoding="utf-8")
    run(f"power --cohorts 0 --out {out}")
    assert out.read_text(encoding="utf-8") == HEADER + whole
    out.write_text(HEADER + whole + cut[:46], encoding="utf-8")
    run(f"power --cohorts 0 --out {out}")
    assert out.read_text(encoding="utf-8") == HEADER + whole


def test_other_files_are_refused(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "mine.csv"
    out.write_text("case,label\n1,0\n", encoding="utf-8")
    with pytest.raises(SystemExit) as refused:
        run(f"power --cohorts 0 --out {out}")
    assert refused.value.code == 2
    assert out.read_text(encoding="utf-8") == "case,label\n1,0\n"


@pytest.fixture
def experiment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """A cohort of 60 of the 120 patients of a pool without images."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    module = importlib.import_module("power_experiment")
    pool = importlib.import_module("power_pool").make_pool(
        "synthetic:n=120,seed=5,images=false",
        "none",
        home=tmp_path,
        processes=1,
        device="cpu",
        progress=importlib.import_module("method_run").NoProgress(),
    )
    return module.PowerExperiment(
        label="",
        setting="effect=2",
        cases=60,
        cohort=1,
        repeats=1,
        folds=2,
        inner=2,
        train_unlabeled=False,
        pool=pool,
        arms=("pt", "pt:shuffled=1", "oracle"),
        controls=0,
        weighting="fixed",
        training={"max_epochs": 2},
        device="cpu",
        deadline=math.inf,
    )


def test_a_cohort_has_outcomes_of_its_own(experiment: Any) -> None:
    draw = importlib.import_module("power_experiment").draw_cohort
    first, again, other = (draw(replace(experiment, cohort=number)) for number in (1, 1, 2))
    pool = read_cohort(experiment.pool.cohort_file)
    for cohort in (first, other):
        known = ~np.isnan(cohort.values["pn"])
        assert known.sum() == 60
        assert np.array_equal(known, ~np.isnan(cohort.values["pt"]))
        assert all(
            np.array_equal(cohort.values[column.name], pool.values[column.name], equal_nan=True)
            for column in pool.features
        )
    assert np.array_equal(first.values["pn"], again.values["pn"], equal_nan=True)
    both = ~np.isnan(first.values["pn"]) & ~np.isnan(other.values["pn"])
    assert (first.values["pn"] != other.values["pn"])[both].any()
    with pytest.raises(UserError, match="the setting changes the patients"):
        draw(replace(experiment, setting="effect=2,n=100"))
    rest = draw(replace(experiment, train_unlabeled=True))
    assert np.array_equal(rest.values["pn"], first.values["pn"], equal_nan=True)
    assert not np.isnan(rest.values["pt"]).any()


def test_arms_are_those_of_their_names(experiment: Any) -> None:
    module = importlib.import_module("power_experiment")
    benchmark = module.resolve_arms(experiment)
    for arm in experiment.arms:
        assert module.find_method(arm, benchmark).method.label == f"clinical network + {arm}"
    assert not module.find_method("none", benchmark).method.aux
    answers = module.simulate(experiment)
    tests = {answer.test for answer in answers if answer.arm == "pt"}
    assert tests >= {"holm", "corrected", "placement", "claim"}
    assert {answer.arm for answer in answers} == set(experiment.arms)
    assert module.simulate(replace(experiment, deadline=0.0)) == ()
