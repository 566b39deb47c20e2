"""Files of an image folder: links are followed, files of the system are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.imaging.image_files import list_image_files


def test_hidden_and_system_files_are_passed_over(tmp_path: Path) -> None:
    for name in (
        "a/1",
        "a/._1",
        "a/.DS_Store",
        "Thumbs.db",
        "desktop.ini",
        "__MACOSX/a/._1",
        ".x/1",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert list_image_files(tmp_path) == [tmp_path / "a" / "1"]
    assert list_image_files(tmp_path / ".x") == [tmp_path / ".x" / "1"]
    assert list_image_files(tmp_path / "a" / "._1") == [tmp_path / "a" / "._1"]


def test_links_are_followed_once(tmp_path: Path) -> None:
    store, patient = tmp_path / "store", tmp_path / "patient"
    store.mkdir()
    patient.mkdir()
    (store / "1").write_bytes(b"x")
    (store / "again").symlink_to(store)
    (store / "up").symlink_to(tmp_path)
    (patient / "ct").symlink_to(store)
    (patient / "file").symlink_to(store / "1")
    (patient / "broken").symlink_to(tmp_path / "absent")
    names = [str(path.relative_to(patient)) for path in list_image_files(patient)]
    assert names == ["file"]
    assert len(list_image_files(tmp_path)) == 1
    (patient / "file").unlink()
    assert [path.name for path in list_image_files(patient)] == ["1"]


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no folder .*absent"):
        list_image_files(tmp_path / "absent")
