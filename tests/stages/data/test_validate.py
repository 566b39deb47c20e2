"""Validation: cohort files by name, each with its damage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lnmbench import UserError
from lnmbench.contracts import Progress
from lnmbench.stages.data.validate import find_cohort_files, validate_cohorts


def test_files_are_found_by_path_name_or_beginning(home: Path, tmp_path: Path) -> None:
    folder = home / "cohorts"
    folder.mkdir(parents=True)
    names = ("made-1", "made-12", "table-3")
    made, longer, table = paths = [folder / f"{name}.h5" for name in names]
    for path in paths:
        path.touch()
    assert find_cohort_files("all", home) == paths
    assert find_cohort_files("made", home) == [made, longer]
    assert find_cohort_files("made-1", home) == [made]
    assert find_cohort_files(str(table), tmp_path) == [table]
    with pytest.raises(UserError, match="no cohort 'mode-1'.*made-1"):
        find_cohort_files("mode-1", home)


def test_a_file_that_never_was_a_cohort_file_is_not_called_damaged(tmp_path: Path) -> None:
    table = tmp_path / "clinical.csv"
    table.write_text("id,age\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"clinical\.csv is not a cohort file"):
        find_cohort_files(str(table), tmp_path)


def test_damage_is_named_for_each_file(ingest_made: Any, home: Path, silent: Progress) -> None:
    intact = ingest_made(n=2, images=False)
    damaged = home / "cohorts" / "zz.h5"
    damaged.write_bytes(intact.read_bytes()[:500])
    damage = dict(validate_cohorts(find_cohort_files("all", home), silent))
    assert damage[intact].sentences == ()
    assert len(damage[damaged].sentences) == 1
