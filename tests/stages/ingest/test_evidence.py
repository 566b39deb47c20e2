"""Evidence of one patient: from voxels and headers, under a key of the ingest."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from lnmbench.records import Identity, Volume
from lnmbench.stages.ingest.evidence import collect_evidence, read_or_make_key

KEY = bytes(range(32))
SLICES = np.arange(32, dtype=np.int16).reshape(2, 4, 4)


def scan(seed: int = 0) -> sitk.Image:
    hu = np.random.default_rng(seed).integers(-1000, 400, (5, 6, 7)).astype(np.int16)
    image = sitk.GetImageFromArray(hu)
    image.SetSpacing((0.7, 0.8, 5.0))
    return image


def evidence_of(image: sitk.Image | None = None, **identity: str) -> dict[str, str]:
    image = scan() if image is None else image
    volume = Volume(image=image, mask=image > 0, identity=Identity(**identity))
    return dict(collect_evidence(volume, SLICES, KEY))


@pytest.mark.parametrize(
    "stored",
    [
        lambda image: sitk.Flip(image, (True, False, True)),
        lambda image: sitk.PermuteAxes(image, (2, 0, 1)),
        lambda image: sitk.Cast(image, sitk.sitkFloat32) + 0.2,
        lambda image: sitk.DICOMOrient(image, "RAS"),
    ],
)
def test_a_scan_is_the_same_however_it_is_stored(stored) -> None:
    assert evidence_of(stored(scan()))["scan"] == evidence_of()["scan"]
    assert evidence_of(stored(scan(1)))["scan"] != evidence_of()["scan"]


def test_one_value_alone_is_no_scan() -> None:
    assert "scan" not in evidence_of(sitk.Image((5, 5, 5), sitk.sitkInt16) - 800)


@pytest.mark.parametrize(
    "placeholder",
    [
        "",
        " ",
        "0",
        "0000",
        "ANON",
        "Anonymous",
        "anonymized_",
        "unknown",
        "N/A",
        "XXX",
        "-",
        "匿名",
    ],
)
def test_a_placeholder_is_no_patient(placeholder: str) -> None:
    assert "patient ID" not in evidence_of(patient_id=placeholder)


def test_one_patient_id_is_one_whatever_its_case_and_blanks() -> None:
    assert evidence_of(patient_id=" p1")["patient ID"] == evidence_of(patient_id="P1")["patient ID"]
    assert evidence_of(patient_id="p1", issuer="a") != evidence_of(patient_id="p1", issuer="b")


@pytest.mark.parametrize(
    ("date", "counts"),
    [("19500312", True), ("19500101", False), ("1950", False), ("", False), ("00000000", False)],
)
def test_only_a_whole_date_of_birth_counts(date: str, counts: bool) -> None:
    assert ("birth" in evidence_of(birth_date=date, sex="F")) == counts


def test_no_value_can_be_guessed_from_the_evidence() -> None:
    facts = {"patient_id": "4711", "birth_date": "19500312", "sex": "F", "study": "1.2.3"}
    stored = repr(evidence_of(**facts))
    assert not any(value in stored for value in facts.values() if len(value) > 1)
    assert all(value not in repr(Identity(**facts)) for value in ("4711", "19500312", "1.2.3"))
    volume = Volume(image=scan(), mask=scan() > 0, identity=Identity(**facts))
    other = collect_evidence(volume, SLICES, bytes(32))
    assert not set(other.values()) & set(evidence_of(**facts).values())


def test_a_key_is_shared_by_a_resumed_ingest_and_hidden_from_others(tmp_path: Path) -> None:
    key = read_or_make_key(tmp_path / "a.parts")
    assert key == read_or_make_key(tmp_path / "a.parts")
    assert key != read_or_make_key(tmp_path / "b.parts")
    if os.name != "nt":
        assert (tmp_path / "a.parts" / "key").stat().st_mode & 0o077 == 0
    (tmp_path / "a.parts" / "key").write_bytes(b"cut")
    assert len(read_or_make_key(tmp_path / "a.parts")) == 32
