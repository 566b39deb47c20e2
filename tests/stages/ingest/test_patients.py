"""Patients of cases: grouped by their scans, or left out if the table contradicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from lnmbench.records import Case, Column
from lnmbench.stages.ingest import make_key
from lnmbench.stages.ingest.ingest_log import LogEntry
from lnmbench.stages.ingest.patients import PatientGroups, group_patients
from lnmbench.store.cohort_file import read_cohort

Ingest = Any
PATIENT, CENTER = Column(name="who", role="patient"), Column(name="ward", role="center")


def group(
    evidence: Mapping[str, Mapping[str, str]],
    columns: tuple[Column, ...] = (),
    values: Mapping[str, Mapping[str, object]] | None = None,
) -> PatientGroups:
    entries = [LogEntry(case=case, evidence=facts) for case, facts in evidence.items()]
    cases = [Case(id=case, values=(values or {}).get(case, {})) for case in evidence]
    return group_patients(entries, cases, columns)


@pytest.mark.parametrize("kind", ["scan", "images", "patient ID", "study"])
def test_cases_of_one_patient_get_a_column(kind: str) -> None:
    groups = group({"a": {kind: "1"}, "b": {kind: "2"}, "c": {kind: "1"}})
    (column,) = groups.columns
    assert (column.name, column.role) == ("patient", "patient")
    assert [case.values["patient"] for case in groups.cases] == ["a", "b", "a"]
    note, *copies = groups.notes
    assert note.startswith("2 cases of 1 patient by their images (e.g. 'a' and 'c': the same ")
    assert len(copies) == (kind == "images")
    assert groups.entries[0].notes[0].endswith("as case c: one patient")
    assert not groups.entries[1].notes


def test_the_same_images_of_two_cases_are_a_note_whatever_the_patient() -> None:
    twice, lesion = {"scan": "1", "images": "x"}, {"scan": "1", "images": "y"}
    evidence = {"a": twice, "b": twice, "c": lesion}
    values = {case: {"who": "p"} for case in evidence}
    for groups in (group(evidence), group(evidence, (PATIENT,), values)):
        note = groups.notes[-1]
        assert note.startswith("2 cases have the images of another case (e.g. 'a' and 'b': the ")
        assert groups.entries[1].notes[-1] == "the same images as case a: check the paths of both"
        assert not any("check the paths" in text for text in groups.entries[2].notes)


def test_links_join_over_several_cases() -> None:
    groups = group(
        {"a": {"scan": "1"}, "b": {"study": "x"}, "c": {"scan": "1", "study": "x"}, "d": {}}
    )
    assert [case.values["patient"] for case in groups.cases] == ["a", "a", "a", "d"]
    assert groups.notes[0].startswith("3 cases of 1 patient")


def test_without_evidence_nothing_changes() -> None:
    groups = group({"a": {"scan": "1"}, "b": {"scan": "2"}}, (CENTER,))
    assert groups.columns == (CENTER,)
    assert not groups.notes
    assert "patient" not in groups.cases[0].values


@pytest.mark.parametrize("count", [3, 6, 20])
@pytest.mark.parametrize("kind", ["patient ID", "study"])
def test_what_all_cases_share_is_a_placeholder(count: int, kind: str) -> None:
    groups = group({str(n): {kind: "1", "scan": str(n)} for n in range(count)})
    assert not groups.columns
    (note,) = groups.notes
    assert note.startswith(f"{count} cases have the same DICOM")
    assert note.endswith("which counts as a placeholder")


def test_a_scan_that_all_cases_share_is_one_scan() -> None:
    groups = group({str(n): {"scan": "1"} for n in range(9)})
    assert {case.values["patient"] for case in groups.cases} == {"0"}


def test_centers_number_their_patients_independently() -> None:
    evidence = {"a": {"patient ID": "1"}, "b": {"patient ID": "1"}, "c": {"patient ID": "2"}}
    values = {"a": {"ward": "north"}, "b": {"ward": "south"}}
    assert not group(evidence, (CENTER,), values).notes
    assert group(evidence, (CENTER,), {}).notes


def test_another_date_of_birth_is_another_patient() -> None:
    evidence = {"patient ID": "1", "birth": "x"}
    assert not group({"a": evidence, "b": {**evidence, "birth": "y"}, "c": {}}).notes


def test_a_column_that_agrees_stays_as_it_is() -> None:
    values = {"a": {"who": "p"}, "b": {"who": "p"}}
    groups = group({"a": {"scan": "1"}, "b": {"scan": "1"}}, (PATIENT,), values)
    assert groups.columns == (PATIENT,)
    assert not any(entry.reason for entry in groups.entries)
    assert not groups.notes


@pytest.mark.parametrize("kind", ["scan", "patient ID"])
def test_cases_that_contradict_the_column_are_left_out(kind: str) -> None:
    values = {"a": {"who": "p"}, "b": {"who": "q"}, "c": {"who": "r"}}
    groups = group({"a": {kind: "1"}, "b": {kind: "1"}, "c": {kind: "2"}}, (PATIENT,), values)
    reasons = [entry.reason for entry in groups.entries]
    assert reasons[0].endswith(
        "as a case of another patient (b); correct the path of the image or the column of patients"
    )
    assert "(a)" in reasons[1]
    assert reasons[2] == ""


def test_one_date_of_birth_is_a_note_alone() -> None:
    groups = group({"a": {"birth": "1"}, "b": {"birth": "1"}, "c": {"birth": "2"}})
    assert not groups.columns
    (note,) = groups.notes
    assert note.startswith("2 cases of different patients have one date of birth and sex (e.g. 'a'")
    assert groups.entries[0].notes == (
        "the same date of birth and sex as case b: check whether they are one patient",
    )
    assert not group({str(n): {"birth": "1"} for n in range(4)}).notes


def test_images_that_state_the_id_of_another_case_are_pointed_out() -> None:
    evidence = {
        "a": {"case id": "1", "stated id": "2"},
        "b": {"case id": "2", "stated id": "1"},
        "c": {"case id": "3", "stated id": "3"},
        "d": {"case id": "4", "stated id": "9"},
        "e": {"case id": "5"},
    }
    groups = group(evidence)
    assert groups.entries[1].notes == ("its images state the id of case a",)
    (note,) = groups.notes
    assert note == (
        "2 cases have images that state the id of another case (e.g. 'a' has images of 'b'): "
        "check the paths of the images"
    )


def change(plugin: Path, old: str, new: str) -> None:
    text = plugin.read_text(encoding="utf-8")
    assert old in text
    plugin.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def same_scans(plugin: Path) -> Path:
    """Cases 0 and 3 have one scan, as have 1 and 4, and 2 and 5."""
    change(plugin, "default_rng(number)", "default_rng(number % 3)")
    return plugin


def drop_patients(plugin: Path) -> None:
    change(plugin, 'Column(name="patient", role="patient"),', "")
    change(plugin, '"patient": f"Doe^John{number}", ', "")


def test_one_scan_of_two_patients_is_left_out(
    same_scans: Path, ingest_made: Ingest, read_log: Callable[[Path], list[dict[str, str]]]
) -> None:
    rows = {row["case"]: row for row in read_log(ingest_made(n=4, workers=3))}
    assert rows["PAT-000"]["reason"].startswith(
        "the same scan as a case of another patient (PAT-003)"
    )
    assert rows["PAT-003"]["state"] == "left out"
    assert rows["PAT-001"]["state"] == "in"
    assert any(
        "2 of 4 cases left out (2 × the same scan as a case of another patient)" in line
        for line in ingest_made.progress.lines
    )


def test_a_resumed_ingest_knows_the_scans_that_it_read_before(
    same_scans: Path, ingest_made: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lnmbench.stages.ingest import build_cohort as stage

    def stop(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    drop_patients(same_scans)
    with monkeypatch.context() as patched:
        patched.setattr(stage, "writing_cohort", stop)
        with pytest.raises(KeyboardInterrupt):
            ingest_made()
    (parts,) = (ingest_made.home / "cohorts").glob("*.parts")
    (parts / "000003.safetensors").unlink()
    groups = read_cohort(ingest_made()).groups
    assert groups == ("PAT-000", "PAT-001", "PAT-002", "PAT-000", "PAT-001", "PAT-002")


def test_one_scan_twice_of_one_patient_is_no_warning(same_scans: Path, ingest_made: Ingest) -> None:
    change(same_scans, "Doe^John{number}", "Doe^John{number % 3}")
    assert len(read_cohort(ingest_made())) == 6
    assert not any("same scan" in line for line in ingest_made.progress.lines)


def test_cases_are_grouped_under_their_pseudonyms(
    same_scans: Path, ingest_made: Ingest, tmp_path: Path, home: Path
) -> None:
    drop_patients(same_scans)
    cohort = read_cohort(ingest_made(pseudonyms=make_key(tmp_path / "key")))
    patients = dict(zip(cohort.ids, cohort.groups, strict=True))
    assert len(set(patients.values())) == 3
    assert set(patients.values()) < set(patients)
    (note,) = (line for line in ingest_made.progress.lines if "by their images" in line)
    assert note.startswith("6 cases of 3 patients by their images")
    assert "PAT-" not in note
    assert not list((home / "cohorts").glob("*.parts"))
