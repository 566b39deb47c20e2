"""Two header rows: groups of columns above their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench.tables.dialect import Row
from lnmbench.tables.header_groups import skip_groups

PATH = Path("t.csv")


def make_rows(text: str) -> list[Row]:
    lines = enumerate(text.splitlines(), start=1)
    return [Row(number=number, cells=tuple(line.split(";"))) for number, line in lines]


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("Patient;;CT;\nid;age;size;side\nA;61;5,5;L\nB;;3;R\n", ("id", "age", "size", "side")),
        ("id;CT;CT;pN\n;size;SUV;pN\nA;5.5;3;N0\nB;3;4;N1\n", ("id", "size", "SUV", "pN")),
        ("id;right;\n;side;size\nA;L;2\nB;R;3\n", ("id", "side", "size")),
    ],
)
def test_the_row_of_names_is_the_header(text: str, header: tuple[str, ...]) -> None:
    rows, notes = skip_groups(make_rows(text), PATH)
    assert rows[0].cells == header
    assert [row.number for row in rows] == [2, 3, 4]
    assert notes == ("t.csv: row 1 names groups of columns and was skipped; the header is row 2",)


@pytest.mark.parametrize(
    "text",
    [
        "id;age;sex\nA;61;m\nB;62;f\nC;63;m\n",
        "id;age;;\nA;NA;x;y\nB;62;x;y\nC;63;x;z\n",
        "id;age;;\nA;old;NA;y\nB;62;NA;y\nC;63;4;z\n",
        "id;sex;side\nA;m;L\nB;f;R\nC;f;L\n",
        "id;size;size\nA;large;small\nB;x;y\nC;z;y\n",
        "a;;\nb;c;d\n1;2;3\n",
        "2019;;2020\nid;age;size\nA;1;2\nB;2;3\n",
    ],
)
def test_another_first_row_is_the_header(text: str) -> None:
    rows = make_rows(text)
    assert skip_groups(rows, PATH) == (rows, ())
