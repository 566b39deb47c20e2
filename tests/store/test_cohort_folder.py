"""Cohort files of a home folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.store.cohort_file import read_cohort
from lnmbench.store.cohort_folder import find_cohort_file, find_stored


def test_a_cohort_file_is_found_by_its_fingerprint(cohort: Path, tmp_path: Path) -> None:
    fingerprint = read_cohort(cohort).fingerprint
    home = tmp_path / "home"
    assert find_stored(home, ".h5") == []
    folder = home / "cohorts"
    folder.mkdir(parents=True)
    (folder / "a.h5").write_bytes(b"damaged")
    with pytest.raises(UserError, match=rf"missing or damaged.*fingerprint {fingerprint[:8]}"):
        find_cohort_file(home, fingerprint)
    shutil.copy(cohort, folder / "b.h5")
    assert find_cohort_file(home, fingerprint) == folder / "b.h5"
    assert find_stored(home, ".h5") == [folder / "a.h5", folder / "b.h5"]
    with pytest.raises(UserError, match="lnmbench data list"):
        find_cohort_file(home, "0" * 32)


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(UserError):
        find_stored(tmp_path / "home", ".h5")
