"""Lymph node levels: sublevels, and the side of the tumor."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from lnmbench_lydata.lydata import Lydata

ISB = "2023-isb-multisite"
WriteCohort = Callable[..., Path]
ValuesOf = Callable[[Lydata, str], list[object]]
Headers = dict[str, tuple[str, ...]]


def test_levels_of_imaging_come_from_their_parts(isb: Lydata, shared_data: Path) -> None:
    path = shared_data / "lydata" / ISB / "data.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    keys = list(zip(*rows[:3], strict=True))
    a, b = keys.index(("PET", "ipsi", "IIa")), keys.index(("PET", "ipsi", "IIb"))
    expected = sum("True" in (row[a], row[b]) for row in rows[3:])
    found = Counter(case.values["PET ipsi II"] for case in isb.cases())
    assert found["True"] == expected > 107
    assert not rows[3][keys.index(("PET", "ipsi", "II"))]


def test_left_and_right_become_ipsi_and_contra_by_the_side_of_the_tumor(
    tmp_path: Path, write_cohort: WriteCohort, values_of: ValuesOf, headers: Headers
) -> None:
    rows = (
        "A,H,male,61,2017-08-30,larynx,left,p,2,,TRUE,FALSE",
        "B,H,female,70,2017-08-30,oropharynx,right,c,3,,FALSE,TRUE",
        "C,H,female,55,2017-08-30,oropharynx,central,p,4,,TRUE,",
    )
    data = Lydata(write_cohort(tmp_path, *rows, header=headers["sided"]))
    assert values_of(data, "station_ipsi_II") == ["True", "", ""]
    assert values_of(data, "station_contra_II") == ["", "False", ""]
    assert values_of(data, "station_ipsi_III") == ["", "True", ""]
    assert values_of(data, "n1") == ["True", "True", "True"]
    assert "1 patient has levels by left and right" in " ".join(data.notes)
