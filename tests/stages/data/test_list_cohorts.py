"""List of cohorts at home: usable, damaged and unfinished ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lnmbench.records import Paragraph, Table
from lnmbench.registry import Registry
from lnmbench.stages.data.list_cohorts import read_stored_cohorts, tabulate_cohorts


def test_cohorts_of_one_data_set_differ_in_their_row(
    ingest_made: Any, plugin: Path, home: Path
) -> None:
    with_images, table = ingest_made(), ingest_made(images=False)
    by_path = {cohort.path: cohort for cohort in read_stored_cohorts(home)}
    assert by_path[with_images].images == "1×1×1 mm, patch 16"
    assert by_path[table].images == "none"
    first, *_ = tabulate_cohorts(home, Registry([str(plugin)]))
    assert isinstance(first, Table)
    headings = [column.heading for column in first.columns]
    rows = [dict(zip(headings, row, strict=True)) for row in first.rows]
    assert [row["targets"].text for row in rows] == ["n1", "n1"]
    assert {row["images"].text for row in rows} == {"1×1×1 mm, patch 16", "none"}


def test_damaged_and_unfinished_cohorts_are_listed_with_the_reason(home: Path) -> None:
    folder = home / "cohorts"
    (folder / "late.parts").mkdir(parents=True)
    (folder / "late.parts" / "000000.safetensors").write_bytes(bytes(2_000_000))
    (folder / "bad.h5").write_text("not HDF5", encoding="utf-8")
    usable, problems, data_sets = tabulate_cohorts(home, Registry())
    assert isinstance(usable, Paragraph)
    assert "lnmbench data ingest" in usable.lines[0]
    assert isinstance(problems, Paragraph)
    damaged, unfinished = problems.lines
    assert damaged.startswith("bad.h5 (0.0 MB): ")
    assert unfinished == (
        "late.parts (2.0 MB): unfinished: rerun the same command to resume; "
        "delete the folder to discard it"
    )
    assert isinstance(data_sets, Table)
    assert "synthetic" in {row[0].text for row in data_sets.rows}
