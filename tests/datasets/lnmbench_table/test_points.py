"""Tables of points."""

from __future__ import annotations

from pathlib import Path

import pytest
from lnmbench_table.points import read_points

from lnmbench import UserError
from lnmbench.imaging.regions import Location


def _read(folder: Path, text: str, encoding: str = "utf-8") -> dict[str, Location]:
    path = folder / "points.csv"
    path.write_text(text, encoding=encoding)
    return read_points(path)


def test_a_table_may_mix_spheres_and_slices(tmp_path: Path) -> None:
    result = _read(
        tmp_path,
        "case,x_mm,y_mm,z_mm,radius_mm,first_slice,last_slice\n"
        "a,1,2,3,10,,\n b ,-1.5,2,3,,4,6\nc,1,2,3,7,4,6\n",
    )
    assert result["a"] == Location(first=(1, 2, 3), radius_mm=10)
    assert result["b"] == Location(first=(-1.5, 2, 3), slices=(4, 6))
    assert result["c"] == Location(first=(1, 2, 3), radius_mm=7, slices=(4, 6))


def test_seeds_get_the_radius_of_the_data_set(tmp_path: Path) -> None:
    path = tmp_path / "seeds.csv"
    path.write_text("case,X,Y,Z,Coordinate system\na,1,2,3,RAS\nb,4,5,6,LPS\n", encoding="utf-8")
    assert read_points(path, radius_mm=12) == {
        "a": Location(first=(-1, -2, 3), radius_mm=12),
        "b": Location(first=(4, 5, 6), radius_mm=12),
    }
    with pytest.raises(UserError, match="2 errors.*\n.*no extent.*radius_mm of the data set"):
        read_points(path)


def test_a_row_with_an_extent_keeps_it(tmp_path: Path) -> None:
    path = tmp_path / "seeds.csv"
    path.write_text(
        "case,x_mm,y_mm,z_mm,radius_mm,first_slice,last_slice\na,1,2,3,4,,\nb,1,2,3,,5,6\n",
        encoding="utf-8",
    )
    assert read_points(path, radius_mm=12) == read_points(path)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_table_is_read_as_its_program_saves_it(tmp_path: Path, encoding: str) -> None:
    text = "Case;X mm;y-mm;Z_MM;radius_mm\nBe\u0301;1;2;3;4\n"
    assert _read(tmp_path, text, encoding) == {"B\u00e9": Location(first=(1, 2, 3), radius_mm=4)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("case,x_mm,y_mm,z_mm,radius_mm\na,1,2,3,4\na,1,2,3,4\n", "more than once.*rows 2, 3"),
        ("case,x_mm,y_mm,z_mm,radius_mm\na,,,,\n", "the row has no coordinates .*row 2"),
        ("case,x_mm,y_mm,z_mm,radius_mm\n,1,2,3,4\n", "no case in column 'case' .*row 2"),
        (
            "case,x_mm,y_mm,z_mm,radius_mm\na,,,,\nb,1,2,,4\n",
            "(?s)2 errors in the table of points:.*1. the row has no coordinates.*2. the location",
        ),
        ("patient,x_mm\na,1\n", "not a table of points"),
        ("case,x_mm\na,1,2\n", "expected 2 cells.*got 3"),
        ("", "is empty"),
    ],
)
def test_a_broken_table_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        _read(tmp_path, text)
