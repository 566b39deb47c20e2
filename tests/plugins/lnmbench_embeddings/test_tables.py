from __future__ import annotations

import builtins
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from lnmbench_embeddings.tables import read_csv, read_parquet

from lnmbench import UserError


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "e.csv"
    path.write_text(text, encoding=encoding)
    return path


@pytest.mark.parametrize(
    "text",
    [
        "id,f0,f1\n007,1.5,2\nNA,-3,4e-1\n",
        "f0,f1,id\n1.5,2, 007\n-3,0.4,NA\n",
        "id;f0;f1\r\n007;1,5;2\r\nNA;-3;0,4\r\n",
        "ID,f0,f1\n007,1.5,2\nNA,-3,4e-1\n",
        "id\tf0\tf1\n007\t1.5\t2\nNA\t-3\t0.4\n",
        '"id", "f0", "f1"\n"007", 1.5, 2\n"NA", -3, 0.4\n',
    ],
)
def test_separators_decimals_and_ids(tmp_path: Path, text: str) -> None:
    rows = read_csv(write(tmp_path, text), "id")
    assert rows.ids == ("007", "NA")
    np.testing.assert_array_equal(rows.features, np.float32([[1.5, 2], [-3, 0.4]]))
    assert rows.slices is None


def test_a_byte_order_mark_and_another_id_column(tmp_path: Path) -> None:
    rows = read_csv(write(tmp_path, "Case,slice,0,1\na,2,1,2\na,1,3,4\n", "utf-8-sig"), "Case")
    assert rows.ids == ("a", "a")
    np.testing.assert_array_equal(rows.slices, [2, 1])
    np.testing.assert_array_equal(rows.features, [[1, 2], [3, 4]])


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("case,f0\na,1\n", "no column 'id' of ids.*got case, f0.*id_column="),
        ("id,f0,n2\na,1,0\n", "not numbered features.*got n2; remove.*label"),
        (",id,f0\n5,a,1\n", "first column of e.csv has no name; name it"),
        (",f0,f1\na,1,2\n", "no column 'id'"),
        ("id,,f0\na,0,1\n", "not numbered features.*got ''"),
        ("id,f0,g1\na,1,2\n", "not numbered features"),
        ("id,f0,f0\na,1,2\n", "two columns of one name"),
        ("id,id,f0\na,b,2\n", "several columns 'id'"),
        ("id\na\n", "no features"),
        ("", "no column 'id'"),
        ("id,f0\na,x\n", "features that are not numbers.*column f0"),
        ("id,f0\na,TRUE\n", "features that are not numbers"),
        ("id,slice,f0\na,x,1\n", "wrong numbers of slices"),
        ("id,f0,f1\na,1,2,3\nb,1,2\n", "cannot read features"),
    ],
)
def test_other_tables_are_refused(tmp_path: Path, text: str, match: str) -> None:
    with pytest.raises(UserError, match=match):
        read_csv(write(tmp_path, text), "id")


def test_row_numbers_of_pandas_are_no_feature(tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": ["b", "a"], "f0": [1.5, 2.0]})
    frame.to_csv(tmp_path / "e.csv")
    rows = read_csv(tmp_path / "e.csv", "id")
    assert rows.ids == ("b", "a")
    np.testing.assert_array_equal(rows.features, [[1.5], [2.0]])


def test_another_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="UTF-8"):
        read_csv(write(tmp_path, "id,f0\né,1\n", "latin-1"), "id")


def test_parquet_with_a_column_or_an_index_of_ids(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    frame = pd.DataFrame({"id": [7, 8], "0": [1.5, 2.0], "1": [3, 4]})
    for stored in (frame, frame.set_index("id")):
        stored.to_parquet(tmp_path / "e.parquet")
        rows = read_parquet(tmp_path / "e.parquet", "id")
        assert rows.ids == ("7", "8")
        np.testing.assert_array_equal(rows.features, [[1.5, 3], [2, 4]])


def test_parquet_faults_are_one_line(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    (tmp_path / "e.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(UserError, match=r"cannot read features from e\.parquet"):
        read_parquet(tmp_path / "e.parquet", "id")
    pd.DataFrame({"id": [1.5, np.nan], "f0": [1.0, 2.0]}).to_parquet(tmp_path / "e.parquet")
    with pytest.raises(UserError, match="numbers with decimals; store them as text"):
        read_parquet(tmp_path / "e.parquet", "id")


def test_parquet_without_pyarrow_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported = builtins.__import__

    def fail(name: str, *args: object, **named: object) -> object:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return imported(name, *args, **named)  # type: ignore[arg-type]

    (tmp_path / "e.parquet").write_bytes(b"PAR1")
    monkeypatch.setattr(builtins, "__import__", fail)
    with pytest.raises(UserError, match=r"requires pyarrow; pip install 'lnmbench\[parquet\]'"):
        read_parquet(tmp_path / "e.parquet", "id")
