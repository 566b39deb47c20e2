"""What is at home can be told apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lnmbench.records import Table
from lnmbench.registry import Registry
from lnmbench.stages.data.list_cohorts import blocks, kept_cohorts


def test_cohorts_of_one_data_set_differ_in_what_is_listed(
    ingest_made: Any, plugin: Path, home: Path
) -> None:
    with_images, table = ingest_made(), ingest_made(images=False)
    by_path = {kept.path: kept for kept in kept_cohorts(home)}
    assert by_path[with_images].images == "1×1×1 mm, patch 16"
    assert by_path[table].images == "none"
    first, *_ = blocks(home, Registry([str(plugin)]))
    assert isinstance(first, Table)
    headings = [column.heading for column in first.columns]
    listed = [dict(zip(headings, row, strict=True)) for row in first.rows]
    assert [row["targets"].text for row in listed] == ["n1", "n1"]
    assert {row["images"].text for row in listed} == {"1×1×1 mm, patch 16", "none"}
