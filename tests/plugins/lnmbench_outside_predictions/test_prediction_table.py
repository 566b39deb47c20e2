"""The table of a file of predictions."""

from __future__ import annotations

from pathlib import Path

import pytest
from lnmbench_outside_predictions.prediction_table import PredictionTable, read_prediction_table

from lnmbench import UserError


def read(folder: Path, content: str | bytes, **options: str) -> PredictionTable:
    path = folder / "readers.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_prediction_table(
        path,
        **{"id_column": "", "column": "", **options},  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("content", "separator"),
    [
        ("case,reader\na,0.1\nb,0.9\n", ","),
        ("Case_ID;reader\r\na;0.1\r\nb;0.9\r\n", ";"),
        ("ID\treader\na\t0.1\n\nb\t0.9\n", "\t"),
        (b"\xef\xbb\xbfPatient ID,reader\na,0.1\nb,0.9\n", ","),
        ("case,reader\na,0.1\nb,0.9\n".encode("utf-16"), ","),
        ("sep=;\ncase;reader\na;0.1\nb;0.9\n", ";"),
        ("# second reading\ncase,reader\na,0.1\nb,0.9\n", ","),
        ('case,reader,\n="a",0.1,\nb,0.9,\n', ","),
        ("reader,Fallnummer\n0.1,a\n0.9,b\n", ","),
    ],
)
def test_the_only_columns_of_ids_and_of_predictions_are_read(
    tmp_path: Path, content: str | bytes, separator: str
) -> None:
    table = read(tmp_path, content)
    assert (table.column, table.separator) == ("reader", separator)
    assert [(row.id, row.cell, row.repeat) for row in table.rows] == [
        ("a", "0.1", None),
        ("b", "0.9", None),
    ]


def test_a_reader_is_chosen_by_its_column(tmp_path: Path) -> None:
    content = "nr,id,r1,r2\n1,a,0,1\n"
    assert read(tmp_path, content, column="r2", id_column="id").rows[0].cell == "1"
    with pytest.raises(UserError, match="2 columns of predictions.*'r1', 'r2'"):
        read(tmp_path, "id,r1,r2\na,0,1\n")
    with pytest.raises(UserError, match="no column 'r3'"):
        read(tmp_path, content, column="r3", id_column="id")
    with pytest.raises(UserError, match="column 'id' of .* holds the ids"):
        read(tmp_path, content, column="id", id_column="id")


def test_predictions_by_split_have_repeats_and_folds(tmp_path: Path) -> None:
    table = read(tmp_path, "repeat,fold,case,p\n0,2,a,.5\n1,0,a,.6\n")
    assert [(row.repeat, row.fold) for row in table.rows] == [(0, 2), (1, 0)]
    with pytest.raises(UserError, match="wrong repeat .*row 2.*'x'"):
        read(tmp_path, "repeat,case,p\nx,a,.5\n")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("case,reader\n", "has no predictions"),
        ("case,reader\na,0.1\na,0.2\n", "1 row of .* an earlier row predicts"),
        ("case,reader\n,0.1\n", "1 row of .* without an id"),
        ("case,reader\na,0.1,7\n", "row 2.*expected 2 cells, got 3"),
        ("case,case,reader\na,a,0.1\n", "two columns .* are called 'case'"),
        ("name,reader\na,0.1\n", "the column of ids .* is not certain"),
        ("case,id,reader\na,a,0.1\n", "the column of ids .* is not certain"),
        (b"PK\x03\x04rest", "is a spreadsheet.*save it as CSV"),
        (b"case,reader\na,\xff\x00\n", "NUL|encoding"),
    ],
)
def test_what_is_not_certain_is_refused(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(UserError, match=message) as failure:
        read(tmp_path, content)
    assert "a,0.1" not in str(failure.value)
