"""Report columns become columns of values; the texts and the words stay out of the cases."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from lnmbench import Case, Column, UserError
from lnmbench.registry import Registry
from lnmbench.stages.ingest.text_reports import LONGEST_REPORT, read_reports

REGISTRY = Registry()
REPORT = Column(name="CT report", role="report", missing=("nicht erhoben",))
AGE = Column(name="age", role="feature")
ENGLISH = "Spiculated mass in the right upper lobe, 3.2 x 2.1 cm. No pleural effusion."
CHINESE = "右肺上叶见大小约2.4cm×1.8cm肿块影，边缘可见毛刺。未见胸腔积液。"


def case(number: int, text: object) -> Case:
    return Case(id=f"c{number}", values={"age": "61", "CT report": text})


def test_values_stand_in_the_place_of_the_text() -> None:
    read = read_reports((AGE, REPORT), (case(1, ENGLISH), case(2, CHINESE)), REGISTRY)
    assert [column.role for column in read.columns] == ["feature"] * len(read.columns)
    others = len(read.columns) - 1
    assert [column.modality for column in read.columns] == ["clinical", *["report"] * others]
    assert {column.name: column for column in read.columns}["CT report: long axis"].unit == "mm"
    values = [dict(case.values) for case in read.cases]
    assert [row["CT report: long axis"] for row in values] == [32.0, 24.0]
    assert [row["CT report: effusion"] for row in values] == ["no", "no"]
    assert all(row["age"] == "61" and "CT report" not in row for row in values)


def test_no_word_of_a_report_is_left_in_a_case() -> None:
    read = read_reports((REPORT,), (case(1, "RUL mass 3 cm. Seen by Dr. Zebra."),), REGISTRY)
    assert "Zebra" not in str(read.cases) + str(read.columns) + str(read.notes)
    assert "mass" not in str(read.cases)


def test_every_value_has_a_row_with_its_words_for_review() -> None:
    read = read_reports((AGE, REPORT), (case(1, ENGLISH),), REGISTRY)
    rows = {row.column: row for row in read.rows}
    assert rows["CT report: effusion"].words == "No pleural effusion"
    assert rows["CT report: lobe"].words == "right upper lobe"
    assert {row.case for row in read.rows} == {"c1"}


def test_what_is_not_mentioned_is_missing_and_not_negative() -> None:
    cases = (case(1, ENGLISH), case(2, "Mass with cavitation."))
    read = read_reports((REPORT,), cases, REGISTRY)
    columns = {column.name: column for column in read.columns}
    cell = read.cases[0].values.get("CT report: cavitation")
    assert math.isnan(columns["CT report: cavitation"].encode(cell))


def test_columns_that_no_report_fills_are_left_out_and_named() -> None:
    read = read_reports((REPORT,), (case(1, ENGLISH),), REGISTRY)
    assert "CT report: cavitation" not in {column.name for column in read.columns}
    assert "left out: ground glass, lobulation, pleural retraction, cavitation" in read.notes[0]


def test_empty_and_foreign_reports_are_counted() -> None:
    german = "Rundherd im rechten Oberlappen mit 12 mm, kein Erguss."
    texts = (ENGLISH, "", None, math.nan, "nicht erhoben", german)
    cases = tuple(case(number, text) for number, text in enumerate(texts))
    (note,) = read_reports((REPORT,), cases, REGISTRY).notes
    assert "6 cells, 4 empty, 1 without any finding" in note


def test_a_report_that_gave_nothing_has_a_row_with_the_reason() -> None:
    cases = (case(1, ENGLISH), case(2, "Rundherd, kein Erguss."), case(3, ""))
    rows = read_reports((AGE, REPORT), cases, REGISTRY).rows
    (row,) = [row for row in rows if row.reason]
    assert (row.case, row.column, row.value, row.words) == ("c2", "", "", "")
    assert row.reason == "no finding in column 'CT report'"
    assert "c3" not in {row.case for row in rows}


def test_the_note_asks_for_no_words_that_may_not_be_kept() -> None:
    (note,) = read_reports((REPORT,), (case(1, ENGLISH),), REGISTRY).notes
    assert "words" not in note
    assert "report-findings.csv" in note


def test_the_reader_is_chosen_by_the_column() -> None:
    column = Column(name="r", role="report", reader="ct:possible=missing")
    doubt = Case(id="a", values={"r": "Mass in the left lower lobe with possible spiculation."})
    read = read_reports((column,), (doubt,), REGISTRY)
    assert "r: spiculation" not in read.cases[0].values
    sure = read_reports((Column(name="r", role="report"),), (doubt,), REGISTRY)
    assert sure.cases[0].values["r: spiculation"] == "yes"


def test_without_a_report_nothing_changes() -> None:
    cases = (Case(id="a", values={"age": "61"}),)
    read = read_reports((AGE,), cases, REGISTRY)
    assert (read.columns, read.cases, read.rows, read.notes) == ((AGE,), cases, (), ())


def test_a_taken_name_is_refused() -> None:
    taken = Column(name="CT report: lobe", role="feature")
    with pytest.raises(UserError, match="two columns are called 'CT report: lobe'"):
        read_reports((taken, REPORT), (case(1, ENGLISH),), REGISTRY)


def test_encoding_a_report_is_a_bug_that_quotes_nothing() -> None:
    with pytest.raises(TypeError) as fault:
        REPORT.encode("Seen by Dr. Zebra")
    assert "Zebra" not in str(fault.value)


def test_a_cell_that_is_too_long_for_a_report_is_not_read() -> None:
    long = f"{ENGLISH} " * (LONGEST_REPORT // len(ENGLISH) + 1)
    read = read_reports((REPORT,), (case(1, ENGLISH), case(2, long)), REGISTRY)
    assert "2 cells, 1 not read (listed), with more than 100,000 characters;" in read.notes[0]
    (row,) = [row for row in read.rows if row.case == "c2"]
    assert row.reason == "more than 100,000 characters in column 'CT report'"
    assert len(read.cases[1].values) == 1


FAULTY = """
import sys
from lnmbench import Column, hookimpl
from lnmbench.records import Finding

class Faulty:
    columns = (Column(name="axis", role="feature"),)
    def read(self, text):
        if "Doe" in text:
            raise ValueError(text)
        if "exit" in text:
            sys.exit(0)
        return {"axis": Finding(value=32, words=text)}

@hookimpl
def register_report_readers(): return {"faulty": Faulty}
"""


def test_a_fault_of_a_reader_costs_its_report(tmp_path: Path) -> None:
    plugin = tmp_path / "faulty.py"
    plugin.write_text(FAULTY, encoding="utf-8")
    column = Column(name="CT report", role="report", reader="faulty")
    cases = tuple(case(number, text) for number, text in enumerate(["ok", "Doe", "Doe", "exit"]))
    read = read_reports((column,), cases, Registry([str(plugin)]))
    assert ["CT report: axis" in each.values for each in read.cases] == [True, False, False, False]
    (note,) = read.notes
    assert "2 not read (listed), with report reader faulty of plugin faulty fails in read" in note
    assert "1 not read (listed)" in note
    assert "Doe" not in note
    assert ["faulty.py, line" in row.reason for row in read.rows] == [False, True, True, True]
