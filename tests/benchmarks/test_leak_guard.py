"""Generated tables of hospitals, public names of columns, and binary columns from the lexicon."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from module_files import load_module

from lnmbench.lexicon.timing import judge_name
from lnmbench.stages.ingest.leak_guard import name_late_features

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def guard() -> ModuleType:
    return load_module(ROOT / "benchmarks" / "leak_guard.py", "script_leak_guard")


@pytest.mark.parametrize("leaks", [True, False])
def test_no_leak_is_proposed_and_no_honest_column_is_lost(guard: ModuleType, leaks: bool) -> None:
    rows = [row for row in guard.measure_hospitals(leaks=leaks) if row[1] is leaks]
    assert [row for row in rows if row[2] == "leaks" and row[4] == "feature"] == []
    assert [row for row in rows if row[4] == "without a word"] == []
    honest = [row for row in rows if row[2] == "honest"]
    assert sum(row[4] == "feature" for row in honest) >= 0.95 * len(honest)
    assert len({row[0] for row in rows}) == 11, "ten languages, Chinese in both scripts"


def test_names_of_public_registries(guard: ModuleType) -> None:
    times = guard.measure_headers()
    assert times["after"]["before"] == 0
    assert times["after"]["after"] >= 100
    assert times["before"]["before"] >= 40


def test_no_class_is_reversed(guard: ModuleType) -> None:
    outcomes = guard.measure_orders(1000, seed=1)
    assert outcomes["reversed"] == 0
    assert outcomes["right"] > 900


def test_features_of_the_data_sets_give_no_alarm() -> None:
    from lnmbench_ctreports.reader import CtReport
    from lnmbench_radiogenomics.columns import FEATURES
    from lnmbench_synthetic.clinical_record import COLUMNS as SYNTHETIC
    from lnmbench_tcga.features import VARIABLES

    reports = [replace(column, name=f"CT report: {column.name}") for column in CtReport().columns]
    assert name_late_features([*reports, *FEATURES, *SYNTHETIC]) == ""
    assert [v.name for v in VARIABLES if judge_name(v.name).time == "after"] == []
