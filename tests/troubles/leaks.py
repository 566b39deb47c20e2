"""Troubles of columns that are known only after surgery, and of classes in the wrong order."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from lnmbench_table.table import Table

from lnmbench import UserError

Columns = dict[str, Sequence[str]]


def write(folder: Path, columns: Columns) -> Path:
    path = folder / "t.csv"
    rows = [",".join(columns), *map(",".join, zip(*columns.values(), strict=True))]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def propose(folder: Path, columns: Columns) -> dict[str, Any]:
    text = Table.propose(write(folder, columns))
    sections: dict[str, Any] = tomllib.loads(text).get("columns", {})
    return sections


def ids(count: int) -> list[str]:
    return [f"P{number:03d}" for number in range(count)]


def late_columns_in_other_languages(folder: Path) -> None:
    """A hospital's own columns passed every check, at an AUC of .97."""
    names = ("Rezidiv", "7区淋巴结转移", "Station 7 involved", "récidive", "再発", "stato in vita")
    count = [str(number % 4) for number in range(30)]
    columns = propose(folder, {"id": ids(30), **dict.fromkeys(names, count), "Alter": count})
    assert set(columns) == {"id", "Alter"}


def unknown_columns_are_asked(folder: Path) -> None:
    """A name that says nothing is no feature without the owner's word."""
    path = write(folder, {"id": ids(30), "var 7": [str(number % 5) for number in range(30)]})
    text = Table.propose(path)
    assert '# [columns."var 7"]  # not known whether before or after surgery' in text
    assert list(tomllib.loads(text)["columns"]) == ["id"]


def reversed_classes(folder: Path) -> None:
    """The positive class is not the one that sorts last."""
    for negative, positive in (("nein", "ja"), ("N0", "N+"), ("no LNM", "LNM"), ("-", "+")):
        cells = [positive if number % 3 else negative for number in range(30)]
        section = propose(folder, {"id": ids(30), "n1": cells})["n1"]
        assert section["categories"] == [negative, positive]


def codes_without_an_order(folder: Path) -> None:
    """SPSS codes yes as 1 or 2: only the owner knows."""
    path = write(folder, {"id": ids(30), "n1": [str(1 + number % 2) for number in range(30)]})
    text = Table.propose(path)
    assert "n1" not in tomllib.loads(text)["columns"]
    assert "# categories = []  # order: negative, positive" in text


def stages_as_features(folder: Path) -> None:
    """N as 0 to 2 and stage groups, declared as features."""
    cells = {
        "N_stage": ["0", "1", "2"],
        "Stage": ["IA", "IIB", "IIIA"],
        "grp": ["pN0", "pN1", "pN2"],
    }
    for name, classes in cells.items():
        table = write(folder, {"id": ids(30), name: classes * 10})
        (folder / "c.toml").write_text(
            f'[columns.id]\nrole = "id"\n[columns.{name}]\nrole = "feature"\nkind = "ordinal"\n'
            f"categories = {classes}\n".replace("'", '"'),
            encoding="utf-8",
        )
        with pytest.raises(UserError, match="known only after surgery"):
            Table(table, folder / "c.toml")


def marks_of_missing_values(folder: Path) -> None:
    """GDC's '-- is no category."""
    cells = ["Yes" if number % 3 else "'--" for number in range(30)]
    text = Table.propose(write(folder, {"id": ids(30), "smoker": cells}))
    assert "has only one value" in text


def one_category_in_two_spellings(folder: Path) -> None:
    """Male and MALE are one category; the more frequent spelling is proposed."""
    cells = ["Male", "MALE", "female", "Male"] * 10
    section = propose(folder, {"id": ids(40), "Sex": cells})["Sex"]
    assert section["categories"] == ["female", "Male"]


def unique_texts_without_a_name(folder: Path) -> None:
    """The column of ids has another name, or one in another language."""
    assert propose(folder, {"key": ids(30), "age": list(map(str, range(30)))})["key"] == {
        "role": "id"
    }
    numbers = [str(90_000 + 3 * number) for number in range(30)]
    assert propose(folder, {"Alter": list(map(str, range(30))), "Fallnummer": numbers})[
        "Fallnummer"
    ] == {"role": "id"}


def measure_with_decimal_commas(folder: Path) -> None:
    """A measure in steps of half is no nominal category."""
    path = folder / "t.csv"
    rows = [f"P{number};{1 + number % 8 * 0.5:.1f}".replace(".", ",") for number in range(40)]
    path.write_text("\n".join(["id;SUVmax", *rows]) + "\n", encoding="utf-8")
    section = tomllib.loads(Table.propose(path))["columns"]["SUVmax"]
    assert (section["kind"], section["decimal"]) == ("continuous", ",")


def pathology_in_a_column_of_reports(folder: Path) -> None:
    """The texts of a column of CT reports are of the pathology."""
    text = "Pathologie: Adenokarzinom pT2a pN1 R0 mit Befall von zwei Lymphknoten Nr {}"
    table = {"id": ids(30), "CT-Befund": [text.format(number) for number in range(30)]}
    assert "CT-Befund" not in propose(folder, table)


def marker_that_knows_the_target(folder: Path) -> None:
    """A preoperative name, but values of the pathology."""
    n1 = ["ja" if number % 3 == 0 else "nein" for number in range(60)]
    marker = [str((cell == "ja") * 20 + number % 9) for number, cell in enumerate(n1)]
    text = Table.propose(write(folder, {"id": ids(60), "n1": n1, "CEA": marker}))
    assert "# [columns.CEA]  # alone separates all positive from all negative cases" in text


TROUBLES: dict[str, Callable[[Path], None]] = {
    "late columns in other languages": late_columns_in_other_languages,
    "columns whose name says nothing": unknown_columns_are_asked,
    "classes that sort the other way": reversed_classes,
    "codes of classes without an order": codes_without_an_order,
    "stages as features": stages_as_features,
    "GDC's mark of missing values": marks_of_missing_values,
    "one category in two spellings": one_category_in_two_spellings,
    "ids without a name": unique_texts_without_a_name,
    "a measure with decimal commas": measure_with_decimal_commas,
    "pathology in a column of CT reports": pathology_in_a_column_of_reports,
    "a marker that knows the target": marker_that_knows_the_target,
}
