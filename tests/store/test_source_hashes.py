from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.store import source_hashes
from lnmbench.store.source_hashes import hash_sources

LONG_AGO = (1_600_000_000, 1_600_000_000)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Sources of a cohort that counts as large, last changed long ago."""
    monkeypatch.setattr(source_hashes, "READ_EACH_TIME", 10)
    monkeypatch.setattr(source_hashes, "SETTLED_NS", 0)
    created = [tmp_path / f"DOE^JOHN-{number}.dcm" for number in range(5)]
    for number, path in enumerate(created):
        path.write_bytes(b"%d" % number * 100)
        os.utime(path, LONG_AGO)
    return created


def truth(files: list[Path]) -> list[str]:
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]


def test_a_large_cohort_is_read_once(
    files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    assert hash_sources(files, home=home, workers=2) == truth(files)
    read: list[Path] = []
    monkeypatch.setattr(source_hashes, "_hash_content", lambda path: read.append(path) or "read")
    assert hash_sources(files, home=home, workers=2) == truth(files)
    assert not read


def test_a_changed_file_is_noticed_though_its_size_and_time_are_the_same(
    files: list[Path], tmp_path: Path
) -> None:
    before = hash_sources(files, home=tmp_path, workers=1)
    files[2].write_bytes(b"x" * 100)
    os.utime(files[2], LONG_AGO)
    after = hash_sources(files, home=tmp_path, workers=1)
    assert after == truth(files)
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, True, False, True, True]


def test_the_kept_hashes_name_nobody_and_may_be_lost(files: list[Path], tmp_path: Path) -> None:
    hash_sources(files, home=tmp_path, workers=1)
    remaining = tmp_path / source_hashes.FILE
    assert b"DOE" not in remaining.read_bytes()
    remaining.write_bytes(b"no database" * 100)
    assert hash_sources(files, home=tmp_path, workers=1) == truth(files)


def test_a_missing_source_is_one_line(files: list[Path], tmp_path: Path) -> None:
    files[1].unlink()
    with pytest.raises(UserError, match="cannot read a source file of the data set"):
        hash_sources(files, home=tmp_path, workers=1)


def test_a_damaged_row_of_the_cache_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_hashes, "READ_EACH_TIME", 0)
    monkeypatch.setattr(source_hashes, "SETTLED_NS", -(10**12))
    (tmp_path / "a.dcm").write_bytes(b"pixels")
    right = hash_sources([tmp_path / "a.dcm"], home=tmp_path, workers=1)
    with closing(sqlite3.connect(tmp_path / source_hashes.FILE)) as database, database:
        database.execute("UPDATE hashes SET sha256 = replace(sha256, '0', '1')")
    assert hash_sources([tmp_path / "a.dcm"], home=tmp_path, workers=1) == right
