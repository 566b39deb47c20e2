"""Every auxiliary task of the plugin: its contract, its source, and what it refuses."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

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
