"""Ingest: each case in or left out with its reason, whatever order and however often stopped."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lnmbench import UserError
from lnmbench.stages.ingest import report_beside
from lnmbench.store.cohort_file import read_cohort, read_scans, read_slices

Ingest = Any


def rows(path: Path) -> list[dict[str, str]]:
    with report_beside(path).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_case_that_fails_is_left_out_and_told(ingest_made: Ingest) -> None:
    told = ingest_made.told
    told.lines.clear()
    path = ingest_made(bad="PAT-001+PAT-004")
    cohort = read_cohort(path)
    assert cohort.ids == ("PAT-000", "PAT-002", "PAT-003", "PAT-005")
    assert cohort.values["age"].tolist() == [50, 52, 53, 55]
    assert cohort.has_images
    assert "2 of 6 cases left out" in told.lines[-1]
    assert str(report_beside(path)) in told.lines[-1]
    by_case = {row["case"]: row for row in rows(path)}
    assert [row["state"] for row in by_case.values()].count("left out") == 2
    assert by_case["PAT-004"]["reason"] == "no CT series (/data/PAT-004/ct): got =1+1"
    good = by_case["PAT-000"]
    assert [good[f"spacing_{axis}_mm"] for axis in "xyz"] == ["0.5", "0.5", "2"]
    assert float(good["tumor_ml_before"]) == pytest.approx(4 * 4 * 3 * 0.5 / 1000)
    assert "most slices" in good["found"]
    assert "1.2.840" not in good["found"]


def test_found_again_it_still_tells_what_was_left_out(ingest_made: Ingest) -> None:
    path = ingest_made(bad="PAT-001")
    told = ingest_made.told
    told.lines.clear()
    assert ingest_made(bad="PAT-001") == path
    assert "1 of 6 cases left out" in told.lines[-1]
    with pytest.raises(UserError, match="case 'PAT-001': no CT series"):
        ingest_made(bad="PAT-001", strict=True)


def test_strict_stops_and_leaves_nothing(ingest_made: Ingest, home: Path) -> None:
    with pytest.raises(UserError, match=r"^case 'PAT-003': no CT series"):
        ingest_made(bad="PAT-003+PAT-005", strict=True)
    assert not [path for path in (home / "cohorts").iterdir() if path.suffix != ".lock"]


def test_no_case_at_all_is_one_line(ingest_made: Ingest, home: Path) -> None:
    with pytest.raises(UserError, match=r"no case of made:n=3,bad=all can be used \(3 left out\)"):
        ingest_made(n=3, bad="all")
    assert not list((home / "cohorts").glob("*.h5"))
    assert not list((home / "cohorts").glob("*.parts"))
    assert len(list((home / "cohorts").glob("*.ingest-report.csv"))) == 1


def test_a_report_cell_is_no_formula(ingest_made: Ingest, plugin: Path) -> None:
    text = plugin.read_text(encoding="utf-8").replace('"no CT series"', '"=cmd()"')
    plugin.write_text(text, encoding="utf-8")
    path = ingest_made(bad="PAT-001")
    assert rows(path)[1]["reason"].startswith("'=cmd()")


def test_workers_do_not_change_the_fingerprint(ingest_made: Ingest, tmp_path: Path) -> None:
    made = {
        read_cohort(ingest_made(workers=workers, home=tmp_path / str(workers))).fingerprint
        for workers in (1, 3)
    }
    assert len(made) == 1


def test_a_worker_holds_one_volume_however_long_the_cohort(
    ingest_made: Ingest, plugin: Path
) -> None:
    text = plugin.read_text(encoding="utf-8")
    text += "\n\nimport builtins\nbuiltins.made_most = MOST\n"
    plugin.write_text(text, encoding="utf-8")
    import builtins

    ingest_made(n=40, workers=3)
    assert 1 <= builtins.made_most[0] <= 2 * 3
    del builtins.made_most


def command(plugin: Path, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    words = ("data", "ingest", "made:n=12,bad=PAT-002", "--workers", "1", "--patch", "16")
    return subprocess.run(
        [sys.executable, "-m", "lnmbench", *words, "--plugin", str(plugin)],
        env={**os.environ, "LNMBENCH_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_a_killed_ingest_goes_on_where_it_was(plugin: Path, tmp_path: Path) -> None:
    stopped, whole = tmp_path / "stopped", tmp_path / "whole"
    assert command(plugin, stopped, KILL_AT="7").returncode == -9
    (parts,) = (stopped / "cohorts").glob("*.parts")
    assert len(list(parts.glob("*.npz"))) == 6
    whole_path = Path(command(plugin, whole).stdout.strip())
    # cases that were finished would kill it again if they were read again
    again = command(plugin, stopped, KILL_AT="5")
    assert again.returncode == 0, again.stderr
    assert "going on: 6 of 12 cases are done already" in again.stderr
    path = Path(again.stdout.strip())
    assert read_cohort(path).fingerprint == read_cohort(whole_path).fingerprint
    assert rows(path) == rows(whole_path)
    assert not parts.exists()


def test_a_damaged_part_and_a_part_of_another_case_are_made_again(
    ingest_made: Ingest, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lnmbench.stages.ingest import build_cohort as stage

    def stop(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(stage, "writing_cohort", stop)
        with pytest.raises(KeyboardInterrupt):
            ingest_made()
    (parts,) = (home / "cohorts").glob("*.parts")
    first, second, third, *_ = sorted(parts.glob("*.npz"))
    first.write_bytes(first.read_bytes()[:300])
    second.write_bytes(third.read_bytes())
    path = ingest_made()
    whole = ingest_made(home=tmp_path / "other")
    assert read_cohort(path).fingerprint == read_cohort(whole).fingerprint


def test_a_changed_source_file_makes_another_cohort(ingest_made: Ingest) -> None:
    folder = Path("sources")
    folder.mkdir()
    source = folder / "a.source"
    source.write_text("one", encoding="utf-8")
    first = ingest_made(where=folder)
    assert ingest_made(where=folder) == first
    source.write_text("two", encoding="utf-8")
    assert ingest_made(where=folder) != first


def test_a_file_of_an_older_format_is_made_again(ingest_made: Ingest) -> None:
    import h5py

    path = ingest_made()
    fingerprint = read_cohort(path).fingerprint
    with h5py.File(path, "r+") as file:
        file.attrs["format"] = 1
    told = ingest_made.told
    told.lines.clear()
    assert ingest_made() == path
    assert any("made again" in line for line in told.lines)
    assert read_cohort(path).fingerprint == fingerprint


def test_a_table_needs_no_images(ingest_made: Ingest) -> None:
    path = ingest_made(images=False)
    cohort = read_cohort(path)
    assert len(cohort) == 6
    assert not cohort.has_images
    assert np.isnan(read_scans(path)[0].spacing_mm).all()


def test_spacing_is_told_along_the_patient(ingest_made: Ingest, plugin: Path) -> None:
    sagittal = "made.SetSpacing((0.5, 0.5, 2.0)); made.SetDirection((0, 0, 1, 1, 0, 0, 0, -1, 0))"
    text = plugin.read_text(encoding="utf-8").replace("made.SetSpacing((0.5, 0.5, 2.0))", sagittal)
    plugin.write_text(text, encoding="utf-8")
    scans, _ = read_scans(ingest_made())
    assert scans.spacing_mm[0].tolist() == [2.0, 0.5, 0.5]
    assert scans.size[0].tolist() == [8, 24, 24]


def test_hu_are_those_of_the_source(ingest_made: Ingest) -> None:
    hu = read_slices(ingest_made(), 0, 1)
    assert hu.dtype == np.int16
    assert 20 < hu[hu > -1024].std() < 60
