"""Features that seem to be known only after surgery: refused unless the dictionary says before."""

from __future__ import annotations

from pathlib import Path

import pytest
from lnmbench_table.table import Table

from lnmbench import UserError

ID = '[columns.id]\nrole = "id"\n'
NUMBER = 'kind = "continuous"\n'
NODES = 'kind = "ordinal"\ncategories = ["N0", "N1", "N2"]\nmissing = ["NX"]\n'


def opened(folder: Path, name: str, cells: str, section: str) -> Table:
    rows = "".join(f"P{place},{cell}\n" for place, cell in enumerate(cells.split()))
    (folder / "t.csv").write_text(f"id,{name}\n{rows}", encoding="utf-8")
    dictionary = f'{ID}[columns."{name}"]\nrole = "feature"\n{section}'
    (folder / "columns.toml").write_text(dictionary, encoding="utf-8")
    return Table(folder / "t.csv", folder / "columns.toml")


@pytest.mark.parametrize(
    ("name", "cells", "section", "told"),
    [
        ("os_days", "1 2 3", NUMBER, "sounds like something that is known only after surgery"),
        ("path_stage_N", "N0 N1 N2", NODES, "sounds like"),
        ("nodes_positive", "0 1 2", NUMBER, "sounds like"),
        ("N", "N0 NX N2", NODES, "looks like pathological N classes"),
        ("T stage", "pT1 pT2", NODES, "looks like pathological T classes"),
    ],
)
def test_such_a_feature_is_refused_with_the_way_out(
    tmp_path: Path, name: str, cells: str, section: str, told: str
) -> None:
    with pytest.raises(UserError) as refusal:
        opened(tmp_path, name, cells, section)
    message = str(refusal.value)
    assert f"column {name!r} {told}" in message
    assert "columns.toml, [columns." in message
    assert message.endswith('give it the role aux, or write known = "before" if it is known before')


@pytest.mark.parametrize(
    ("name", "cells", "section"),
    [
        ("grade", "1 2 3", f'{NUMBER}known = "before"\n'),
        ("N", "N0 N1 N2", f'{NODES}known = "before"\n'),
        ("clinical_N", "N0 N1 N2", NODES),
        ("cN", "N0 N1 N2", NODES),
        ("N stage on CT", "N0 N1 N2", NODES),
        ("diameter_mm", "1 2 3", NUMBER),
    ],
)
def test_what_is_clinical_or_said_to_be_known_before_is_taken(
    tmp_path: Path, name: str, cells: str, section: str
) -> None:
    (column,) = opened(tmp_path, name, cells, section).columns
    assert (column.role, column.known) == ("feature", "before")
