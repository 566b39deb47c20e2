"""Ingest: each case in or left out with its reason, whatever order and however often stopped."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lnmbench import UserError
from lnmbench.contracts import Progress
from lnmbench.records import Choice, Preprocessing
from lnmbench.registry import Registry
from lnmbench.stages.ingest import IngestOptions, ingest, ingest_log_path
from lnmbench.store.cohort_file import read_cohort, read_scans, read_slices

Ingest = Any
ReadLog = Callable[[Path], list[dict[str, str]]]


def test_a_case_that_fails_is_left_out_with_its_reason(
    ingest_made: Ingest, read_log: ReadLog
) -> None:
    lines = ingest_made.progress.lines
    lines.clear()
    path = ingest_made(bad="PAT-001+PAT-004")
    cohort = read_cohort(path)
    assert cohort.ids == ("PAT-000", "PAT-002", "PAT-003", "PAT-005")
    assert cohort.values["age"].tolist() == [50, 52, 53, 55]
    assert cohort.has_images
    assert "2 of 6 cases left out" in lines[-1]
    assert str(ingest_log_path(path)) in lines[-1]
    by_case = {row["case"]: row for row in read_log(path)}
    assert [row["state"] for row in by_case.values()].count("left out") == 2
    assert by_case["PAT-004"]["reason"] == "no CT series (/data/PAT-004/ct): got =1+1"
    good = by_case["PAT-000"]
    assert [good[f"spacing_{axis}_mm"] for axis in "xyz"] == ["0.5", "0.5", "2"]
    assert float(good["tumor_ml_before"]) == pytest.approx(4 * 4 * 3 * 0.5 / 1000)
    assert "most slices" in good["found"]
    assert "1.2.840" not in good["found"]


def test_a_reused_file_still_reports_what_was_left_out(ingest_made: Ingest) -> None:
    path = ingest_made(bad="PAT-001")
    lines = ingest_made.progress.lines
    lines.clear()
    assert ingest_made(bad="PAT-001") == path
    assert "1 of 6 cases left out" in lines[-1]
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


def test_workers_do_not_change_the_fingerprint(ingest_made: Ingest, tmp_path: Path) -> None:
    made = {
        read_cohort(ingest_made(workers=workers, home=tmp_path / str(workers))).fingerprint
        for workers in (1, 3)
    }
    assert len(made) == 1


def command(plugin: Path, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    words = ("data", "ingest", "made:n=12,bad=PAT-002", "--workers", "1", "--patch", "16")
    return subprocess.run(
        [sys.executable, "-m", "lnmbench", *words, "--plugin", str(plugin)],
        env={**os.environ, "LNMBENCH_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_a_killed_ingest_resumes(
    plugin: Path, tmp_path: Path, read_log: ReadLog, silent: Progress
) -> None:
    stopped, whole = tmp_path / "stopped", tmp_path / "whole"
    assert command(plugin, stopped, KILL_AT="7").returncode == -9
    (parts,) = (stopped / "cohorts").glob("*.parts")
    assert len(list(parts.glob("*.safetensors"))) == 6
    whole_path = ingest(
        Choice(name="made", parameters={"n": 12, "bad": "PAT-002"}),
        Registry([str(plugin)]),
        home=whole,
        workers=1,
        progress=silent,
        options=IngestOptions(preprocessing=Preprocessing(patch=16)),
    )
    # cases that were finished would kill it again if they were read again
    again = command(plugin, stopped, KILL_AT="5")
    assert again.returncode == 0, again.stderr
    assert "resuming: 6 of 12 cases done" in again.stderr
    path = Path(again.stdout.strip())
    assert read_cohort(path).fingerprint == read_cohort(whole_path).fingerprint
    assert read_log(path) == read_log(whole_path)
    assert not parts.exists()


def test_a_file_of_an_older_format_is_made_again(ingest_made: Ingest) -> None:
    import h5py

    path = ingest_made()
    fingerprint = read_cohort(path).fingerprint
    with h5py.File(path, "r+") as file:
        file.attrs["format"] = 1
    lines = ingest_made.progress.lines
    lines.clear()
    assert ingest_made() == path
    assert any("rebuilding it" in line for line in lines)
    assert read_cohort(path).fingerprint == fingerprint


def test_the_file_of_other_settings_is_not_used(ingest_made: Ingest) -> None:
    table, images = ingest_made(images=False), ingest_made()
    images.write_bytes(table.read_bytes())
    with pytest.raises(UserError, match=r"is one of another data set.*; move it away to rebuild"):
        ingest_made()
    assert ingest_made(images=False) == table


@pytest.mark.skipif(os.name == "nt", reason="no modes of files")
def test_what_is_stored_is_private(ingest_made: Ingest) -> None:
    path = ingest_made()
    assert {file.stat().st_mode & 0o077 for file in path.parent.glob("[!.]*")} == {0}
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_table_needs_no_images(ingest_made: Ingest) -> None:
    path = ingest_made(images=False)
    cohort = read_cohort(path)
    assert len(cohort) == 6
    assert not cohort.has_images
    assert np.isnan(read_scans(path)[0].spacing_mm).all()


def test_hu_are_those_of_the_source(ingest_made: Ingest) -> None:
    hu = read_slices(ingest_made(), 0, 1)
    assert hu.dtype == np.int16
    assert 20 < hu[hu > -1024].std() < 60


FAULTY = """
import sys
from pathlib import Path
import SimpleITK as sitk
from lnmbench import Card, Case, Column, Volume, hookimpl

def read(how):
    image = sitk.Image(16, 16, 4, sitk.sitkInt16)
    mask = sitk.Image(16, 16, 4, sitk.sitkUInt8)
    mask[6:9, 6:9, 1:3] = 1
    if how == "exits":
        sys.exit(0)
    if how == "fails":
        return [][0]
    if how == "changes":
        Path(__file__).write_text("# edited")
    return Volume(image=image, mask=mask) if how != "array" else sitk.GetArrayFromImage(image)

class Faulty:
    columns = (Column(name="age", role="feature"),)
    card = Card(title="t", license="l", source="s", citation="c", labels="made")
    sources, notes = (), ()
    def __init__(self, how: str = "good") -> None:
        self.how = how
    def cases(self):
        for how in self.how.split("+"):
            yield Case(id=how, values={"age": 60}, volume=lambda how=how: read(how))

@hookimpl
def register_datasets(): return {"faulty": Faulty}
"""


def test_a_fault_of_a_volume_costs_its_case(
    tmp_path: Path, home: Path, silent: Progress, read_log: ReadLog
) -> None:
    plugin = tmp_path / "faulty.py"
    plugin.write_text(FAULTY, encoding="utf-8")
    path = ingest(
        Choice(name="faulty", parameters={"how": "good+exits+fails+array"}),
        Registry([str(plugin)]),
        home=home,
        workers=2,
        progress=silent,
        options=IngestOptions(preprocessing=Preprocessing(allow_implausible=True)),
    )
    assert read_cohort(path).ids == ("good",)
    reasons = {row["case"]: row["reason"] for row in read_log(path) if row["reason"]}
    assert list(reasons) == ["exits", "fails", "array"]
    assert "faulty.py, line 12: SystemExit: 0" in reasons["exits"]
    assert "IndexError" in reasons["fails"]
    assert "expected a volume (lnmbench.Volume), got ndarray" in reasons["array"]


def test_a_module_that_changes_while_it_is_read_makes_no_cohort(
    tmp_path: Path, home: Path, silent: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "module_that_is_edited.py").write_text(FAULTY, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(UserError, match="module_that_is_edited changed after the command was"):
        ingest(
            Choice(name="faulty", parameters={"how": "changes"}),
            Registry(["module_that_is_edited"]),
            home=home,
            workers=1,
            progress=silent,
            options=IngestOptions(preprocessing=Preprocessing(allow_implausible=True)),
        )
    assert not list((home / "cohorts").glob("*.h5"))
    assert not list((home / "cohorts").glob("*.parts/*"))
