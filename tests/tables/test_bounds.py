"""Bounds of tables: files, rows, columns, cells."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.tables import bounds, check_size, read_content


@pytest.mark.parametrize(
    ("sizes", "message"),
    [((200_001, 1, 1), "200,000 rows"), ((1, 20_001, 1), "columns"), ((1, 1, 5_000_001), "cells")],
)
def test_too_many_rows_columns_or_cells_are_refused(sizes: tuple[int, ...], message: str) -> None:
    rows, columns, cells = sizes
    with pytest.raises(UserError, match=rf"t.csv is too large .*more than .*{message}"):
        check_size(Path("t.csv"), rows=rows, columns=columns, cells=cells)
    check_size(Path("t.csv"), rows=200_000, columns=20_000, cells=5_000_000)


def test_a_large_file_is_refused_also_within_gzip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "MOST_BYTES", 1000)
    path = tmp_path / "t.csv"
    for content in (b"x" * 1001, gzip.compress(b"x" * 1_000_000)):
        path.write_bytes(content)
        with pytest.raises(UserError, match="too large"):
            read_content(path)
    path.write_bytes(gzip.compress(b"id\nA\n"))
    assert read_content(path) == b"id\nA\n"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such devices")
def test_a_device_is_no_table() -> None:
    with pytest.raises(UserError, match="expected a file, got a device or pipe"):
        read_content(Path("/dev/zero"))
