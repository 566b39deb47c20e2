"""Every auxiliary task of the plugin: its contract, its source, and what it refuses."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from lnmbench_tnm import register_aux_tasks
from lnmbench_tnm.column_task import column
from lnmbench_tnm.label_task import LabelTask

from lnmbench import Cohort, Column, UserError
from lnmbench.records import find_labeled_cases
from lnmbench.testing import check_contract

TASKS = register_aux_tasks()
PARAMETERS = {
    "pt_binary": [{"from_": "T2"}, {"from_": "T1c"}],
    "invasion": [{"kind": "pleural"}, {"kind": "lymphovascular"}, {"kind": "stas"}],
    "signs": [{"names": "spiculation+lobulation"}],
    "column": [{"name": name} for name in ("grade", "size", "invasion_stas", "histology")],
}
VARIANTS = [(name, each) for name in TASKS for each in PARAMETERS.get(name, [{}])]


@pytest.mark.parametrize(("name", "parameters"), VARIANTS)
def test_a_task_keeps_the_contract(name: str, parameters: dict[str, str], complete: Cohort) -> None:
    check_contract("aux task", TASKS[name](**parameters), cohort=complete)


@pytest.mark.parametrize("name", TASKS)
def test_a_task_names_its_source(name: str) -> None:
    assert re.search(r"\b(19|20)\d\d\b", TASKS[name].__doc__ or ""), "no year of a paper"


@pytest.mark.parametrize(("name", "parameters"), VARIANTS)
def test_a_cohort_without_the_column_is_refused_in_one_line(
    name: str, parameters: dict[str, str], make_cohort: Callable[..., Cohort]
) -> None:
    bare = make_cohort((Column(name="age", role="feature"), [1.0, 2.0]))
    with pytest.raises(UserError) as refused:
        TASKS[name](**parameters).targets(bare)
    message = str(refused.value)
    assert message.startswith("cohort 'toy' has no column for aux task ")
    assert "expected a column labeled" in message
    assert "\n" not in message


@pytest.mark.parametrize(("name", "parameters"), VARIANTS)
def test_a_constant_label_is_refused(
    name: str, parameters: dict[str, str], complete: Cohort
) -> None:
    task = TASKS[name](**parameters)
    labels = task.targets(complete)
    known = np.flatnonzero(find_labeled_cases(labels, task.kind))
    one = int(known[0])
    values = {name: np.full(len(cells), cells[one]) for name, cells in complete.values.items()}
    constant = Cohort(
        name="flat",
        ids=complete.ids,
        columns=complete.columns,
        values=values,
        offsets=complete.offsets,
        card=complete.card,
        fingerprint="0",
    )
    with pytest.raises(UserError, match="is the same in all 60 cases of cohort 'flat'"):
        task.targets(constant)


def test_the_kind_follows_from_the_cohort_once_targets_are_read(complete: Cohort) -> None:
    task: LabelTask = column("grade")
    with pytest.raises(ValueError, match="read targets"):
        _ = task.kind
    task.targets(complete)
    assert (task.kind, task.outputs) == ("ordinal", 3)


def test_notes_count_the_cases_with_a_label(make_cohort: Callable[..., Cohort]) -> None:
    grade = Column(name="grade", role="aux", kind="ordinal", categories=("G1", "G2"), label="grade")
    cohort = make_cohort((grade, [0, 1, math.nan, 1]))
    first, second = TASKS["grade"]().notes(cohort)
    assert first == "aux grade: the label is column 'grade'; known in 3 of 4 cases"
    assert second == "aux grade: ordinal, G1 1, G2 2"


@pytest.mark.parametrize(
    ("dataset", "aux", "known"),
    [
        (
            "tcga:root={}/tcga,cancer=luad+lusc",
            "pt_binary+pn+column:name=location",
            ("1013 cases", "known in 998 of 1016", "known in 426 of 1016"),
        ),
        (
            "lydata:root={}/lydata/2023-isb-multisite",
            "pt_ordinal+signs:names=station_ipsi_II+station_ipsi_III",
            ("missing (n = 92)", "(True) 100 of 289, pathology ipsi III (True) 43 of 286"),
        ),
    ],
)
def test_tables_of_real_patients_have_labels(
    dataset: str,
    aux: str,
    known: tuple[str, ...],
    shared_data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from lnmbench.cli.app import app

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LNMBENCH_HOME", str(tmp_path / "home"))
    small = "--repeats 1 --folds 2 --inner 2 --training max_epochs=1 --target n1 --encoder none"
    words = ["run", "--quick", "--dataset", dataset.format(shared_data), "--aux", aux]
    app([*words, *small.split(), "--only"], standalone_mode=False)
    printed = " ".join("".join(capsys.readouterr()).split())
    assert all(text in printed for text in known)
    assert "results in" in printed
