"""Downloads: the files of a source into a folder, one process at a time."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.contracts import Progress
from lnmbench.records import RemoteFile, Source
from lnmbench.registry import Registry
from lnmbench.stages.data.download import download_files, find_source

FILES = tuple(
    RemoteFile(url="https://host/x", name=name, sha256="0" * 64, bytes=1) for name in ("a", "b/c")
)
SOURCE = Source(license="CC0", files=FILES)


def test_all_files_are_fetched_in_order(
    tmp_path: Path, silent: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(file: RemoteFile, folder: Path, **_: object) -> Path:
        assert (folder / ".download.lock").exists()
        return folder / file.name

    monkeypatch.setattr(sys.modules["lnmbench.stages.data.download"], "fetch", fetch)
    paths = download_files(SOURCE, tmp_path / "made" / "here", progress=silent)
    assert paths == tuple(tmp_path / "made" / "here" / file.name for file in FILES)


def test_files_on_a_drive_that_cannot_be_written_need_no_lock(
    tmp_path: Path, silent: Progress
) -> None:
    content = hashlib.sha256(b"1").hexdigest()
    files = tuple(replace(file, sha256=content) for file in FILES)
    for file in files:
        (tmp_path / file.name).parent.mkdir(exist_ok=True)
        (tmp_path / file.name).write_bytes(b"1")
    download_files(replace(SOURCE, files=files), tmp_path, progress=silent)
    assert not (tmp_path / ".download.lock").exists()


def test_a_file_instead_of_the_folder_is_one_line(tmp_path: Path, silent: Progress) -> None:
    (tmp_path / "here").write_text("a file", encoding="utf-8")
    with pytest.raises(UserError, match="is a file.*--to"):
        download_files(SOURCE, tmp_path / "here", progress=silent)


def test_a_data_set_without_a_source_is_refused() -> None:
    with pytest.raises(UserError, match="synthetic cannot be downloaded"):
        find_source("synthetic", Registry())


def test_every_source_has_a_license_and_steps_of_one_line() -> None:
    registry = Registry()
    for offer in registry.datasets.offers():
        if hasattr(offer.factory, "source"):
            source = find_source(offer.name, registry)
            assert source.license
            assert not [step for step in source.steps if "\n" in step or step[:1].isdigit()]
