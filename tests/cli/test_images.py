"""From a download's folders to the tables of a report, and nothing of a person on the way."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from types import ModuleType

Command = Callable[..., CompletedProcess[str]]


def test_a_download_of_twenty_patients_becomes_a_report(
    lnmbench: Command, nbia: ModuleType, shared_data: Path, home: Path, tmp_path: Path
) -> None:
    (table,) = (shared_data / "nsclc_radiogenomics").glob("*.csv")
    tree = nbia.write_nbia_tree(tmp_path / "download", table, patients=20, shrink=4)

    dataset = f"radiogenomics:root={tree.root}"
    run = ("run", "--dataset", dataset, "--encoder", "resnet18:weights=random", "--aux", "pt")
    done = lnmbench(*run, "--quick", "--out", "made")
    assert done.returncode == 0, done.stderr
    assert "Cohort: radiogenomics (NSCLC Radiogenomics (TCIA))" in done.stdout
    assert "20 cases, 7 positive" in " ".join(done.stdout.split())
    assert "pt beside n2" in done.stdout
    assert "191 of 211 cases left out (191 × the tumor is not marked)" in done.stderr
    with sqlite3.connect("made/ledger.sqlite") as ledger:
        (units,) = ledger.execute("SELECT count(*) FROM units WHERE state = 'done'").fetchone()
    assert units == 3 * 2 * 5

    described = lnmbench("data", "describe", dataset)
    assert described.returncode == 0, described.stderr
    assert "20 of 20 cases have images" in " ".join(described.stdout.split())
    assert next((home / "cohorts").glob("*.png")).stat().st_size > 10_000
    assert lnmbench("data", "validate").stdout.strip().endswith("intact")

    private = [text.encode() for text in (*nbia.PRIVATE, nbia.ROOT_UID, str(tree.root))]
    kept = [path for folder in (home, Path("made")) for path in folder.rglob("*") if path.is_file()]
    assert len(kept) > 4
    for path in kept:
        found = [text for text in private if text in path.read_bytes()]
        # what was asked for, with the folder's name, stands in the manifest of a run
        assert found == ([private[-1]] if path.name == "ledger.sqlite" else []), path
