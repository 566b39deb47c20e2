"""Card, download and notes: missing values, and the file behind the counts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from lnmbench_lydata.lydata import Lydata

from lnmbench.records import RemoteFile

WriteCohort = Callable[..., Path]
Rows = tuple[str, ...]


def test_missing_values_are_counted_for_levels_too(isb: Lydata) -> None:
    assert (
        "missing values in the features, of 332 patients: every level by CT 290, "
        "every level by MRI 55 to 57, every level by PET 107 to 108"
    ) in isb.notes


def test_missing_values_of_other_features_are_counted(
    tmp_path: Path, write_cohort: WriteCohort, patients: Rows
) -> None:
    notes = Lydata(write_cohort(tmp_path, *patients)).notes
    assert "missing values in the features, of 4 patients: age 1" in notes


@pytest.mark.parametrize("remote", Lydata.source.files, ids=lambda remote: remote.name)
def test_files_to_download_are_those_that_the_counts_are_of(
    shared_data: Path, remote: RemoteFile
) -> None:
    path = shared_data / "lydata" / remote.name
    if not path.is_file():
        pytest.skip(f"no real data of {remote.name}")
    content = path.read_bytes()
    assert len(content) == remote.bytes
    assert hashlib.sha256(content).hexdigest() == remote.sha256
    assert remote.url.endswith(f"/{remote.name}")
