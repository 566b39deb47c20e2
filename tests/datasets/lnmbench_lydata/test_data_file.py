"""Files of lyDATA: header spellings, several cohorts, files that are refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lnmbench_lydata.lydata import Lydata

from lnmbench import UserError

WriteCohort = Callable[..., Path]
ValuesOf = Callable[[Lydata, str], list[object]]
Rows = tuple[str, ...]
Headers = dict[str, tuple[str, ...]]


@pytest.mark.parametrize("header", ["old", "new"])
def test_old_and_new_headers_are_the_same_cohort(
    tmp_path: Path,
    header: str,
    write_cohort: WriteCohort,
    values_of: ValuesOf,
    patients: Rows,
    headers: Headers,
) -> None:
    data = Lydata(write_cohort(tmp_path, *patients, header=headers[header]))
    assert values_of(data, "n1") == ["True", "False", "True", ""]
    assert values_of(data, "pt_names") == ["T2", "", "T4", "T1"]
    assert values_of(data, "station_ipsi_II") == ["True", "False", "", ""]
    assert ("old header" in " ".join(data.notes)) == (header == "old")


def test_capitals_and_another_order_of_columns_do_not_matter(
    tmp_path: Path, write_cohort: WriteCohort, patients: Rows, headers: Headers
) -> None:
    usual = Lydata(write_cohort(tmp_path / "usual", *patients))
    order = [3, 8, 11, 0, 1, 2, 10, 4, 5, 9, 6, 7]
    rows = [",".join(line.split(",")[i] for i in order) for line in (*headers["new"], *patients)]
    groups, parts, names = rows[:3]
    header = (groups.replace("patient", "Patient"), parts.replace("core", "CORE"), names.upper())
    other = Lydata(write_cohort(tmp_path / "other", *rows[3:], header=header))
    assert [case.values for case in other.cases()] == [case.values for case in usual.cases()]
    assert "old header" not in " ".join(other.notes)


def test_cohorts_are_joined_or_chosen_and_said(
    tmp_path: Path, write_cohort: WriteCohort, patients: Rows, headers: Headers
) -> None:
    write_cohort(tmp_path, *patients, cohort="2023-one")
    write_cohort(tmp_path, *patients[:2], header=headers["old"], cohort="2021-two")
    both = Lydata(tmp_path)
    assert [case.id for case in both.cases()][:3] == ["2021-two/A", "2021-two/B", "2023-one/A"]
    assert "2021-two (2 patients), 2023-one (4 patients)" in both.notes[0]
    assert len(both.sources) == 2
    one = Lydata(tmp_path, cohort="2023-one")
    assert [case.id for case in one.cases()] == ["A", "B", "C", "D"]
    assert len(list(Lydata(tmp_path / "2021-two" / "data.csv").cases())) == 2


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("A,H", "B,H", "1 patient id occurs more than once"),
        ("TRUE", "yes", "a level holds 'yes'"),
        (",p,2,", ",p,T2,", "cannot read the T stage"),
        (",p,2,", ",x,2,", "with prefix 'x'"),
        ("male,61", "m,61", "column 'sex' holds 'm'"),
        ("male,61", "male,old", "column 'age' holds 'old'"),
        ("tumor,tumor,tumor,tumor", "a,b,c,d", "no table of lyDATA under"),
        ("female,70,", "female,", "is broken (row 5): expected 12 cells, got 11"),
        ("age,diagnose_date", "age,age", "1 header occurs more than once"),
    ],
)
def test_wrong_files_are_refused(
    tmp_path: Path, old: str, new: str, message: str, patients: Rows, headers: Headers
) -> None:
    text = "\n".join((*headers["new"], *patients))
    assert old in text
    (tmp_path / "data.csv").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UserError) as refusal:
        Lydata(tmp_path)
    assert message in str(refusal.value)


def test_unknown_cohorts_and_examinations_are_refused(
    tmp_path: Path, write_cohort: WriteCohort, patients: Rows
) -> None:
    write_cohort(tmp_path, *patients, cohort="2023-one")
    with pytest.raises(UserError, match="did you mean 2023-one"):
        Lydata(tmp_path, cohort="2023-on")
    with pytest.raises(UserError, match="unknown examination 'pCT'"):
        Lydata(tmp_path, imaging="CT+pCT")
    with pytest.raises(UserError, match="no folder"):
        Lydata(tmp_path / "none")
