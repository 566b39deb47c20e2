"""The table of differences: verdicts on published tests, and the family of the correction."""

from __future__ import annotations

from collections.abc import Callable

from lnmbench_report.comparisons.difference_table import make_difference_table

from lnmbench.records import BaselineMethod, Choice, Results, Table
from lnmbench.results import comparisons_in_order
from lnmbench.testing.sample_results import (
    LOGISTIC,
    MULTI_TASK,
    SAMPLE_METHODS,
    SINGLE_TASK,
    sample_results,
)

Column = Callable[[Table, str], list[str]]
THREE = SAMPLE_METHODS[:3]


def make_table(results: Results) -> Table:
    (table,) = make_difference_table(results, comparisons_in_order(results))
    assert isinstance(table, Table)
    return table


def test_the_plain_t_is_last_headed_as_published_and_its_cell_says_not_confirmed(
    sample: Results,
) -> None:
    table = make_table(sample)
    assert table.columns[-1].heading == 'p, plain paired t, "as published"'
    assert not any("published" in column.heading for column in table.columns[:-1])
    assert table.notes[0].startswith("Use the corrected p")
    first = table.rows[0][-1]
    assert first.text == ".03, not confirmed"
    assert first.value == sample.pair_comparisons[0].tests["paired"].pvalue
    clear = make_table(sample_results([(MULTI_TASK, 3.0), (SINGLE_TASK, 0.2)]))
    assert clear.rows[0][-1].text == "< .001"


def test_pairs_outside_of_the_family_are_marked(sample: Results, column_texts: Column) -> None:
    table = make_table(sample)
    assert column_texts(table, "p_holm")[2:] == ["outside"] * 4
    assert all(text != "outside" for text in column_texts(table, "p_holm")[:2])
    note = table.notes[1]
    assert "Holm: over 2 tests, 1 question × primary metrics" in note
    assert "Pairs outside are descriptive" in note


def test_the_family_is_described_without_a_question_and_before_it_is_complete() -> None:
    other = BaselineMethod(label="forest", baseline=Choice(name="forest"))
    baselines = make_table(sample_results([(LOGISTIC, 1.0), (other, 0.8)]))
    assert "Holm: over 2 tests, every pair × primary metric, because no" in baselines.notes[1]
    waiting = make_table(sample_results(THREE, units_done={"resnet50 + pt": 3}))
    assert "Holm: no question on an auxiliary task is complete yet" in waiting.notes[1]
