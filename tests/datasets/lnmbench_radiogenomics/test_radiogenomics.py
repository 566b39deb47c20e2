"""NSCLC Radiogenomics: known counts, its table in any folder, images by DICOM headers."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from types import ModuleType

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from lnmbench_radiogenomics.radiogenomics import Radiogenomics

from lnmbench import Case, UserError, Volume
from lnmbench.contracts import Progress
from lnmbench.records import Choice
from lnmbench.registry import Registry
from lnmbench.stages.ingest import ingest


@pytest.fixture
def source(shared_data: Path) -> str:
    (path,) = (shared_data / "nsclc_radiogenomics").glob("*.csv")
    return path.read_text(encoding="utf-8")


def column(data: Radiogenomics, name: str) -> Counter[object]:
    return Counter(case.values[name] for case in data.cases())


def test_stages_of_the_162_patients_with_pathology(shared_data: Path) -> None:
    data = Radiogenomics(shared_data)
    nodes = column(data, "Pathological N stage")
    assert nodes == {"N0": 129, "N1": 15, "N2": 18, "Not Collected": 49}
    tumors = column(data, "Pathological T stage")
    expected = {"Tis": 6, "T1a": 40, "T1b": 31, "T2a": 47, "T2b": 10, "T3": 21, "T4": 7}
    assert tumors == {**expected, "Not Collected": 49}
    assert sum(case.id.startswith("R01-") for case in data.cases()) == 162
    assert "unknown for 49 of 211" in data.notes[0]


def test_the_table_is_found_by_its_header_with_either_name(tmp_path: Path, source: str) -> None:
    folder = tmp_path / "manifest-1" / "deep"
    folder.mkdir(parents=True)
    (tmp_path / "metadata.csv").write_text("Series UID,Collection\n1,x\n", encoding="utf-8")
    original = source.replace("Patient ID,", "Case ID,", 1)
    (folder / "any.csv").write_text("\ufeff" + original, encoding="utf-8")
    data = Radiogenomics(tmp_path)
    assert data.sources == (folder / "any.csv",)
    assert len(list(data.cases())) == 211
    assert len(list(Radiogenomics(folder / "any.csv").cases())) == 211


def test_two_tables_are_not_guessed_between(tmp_path: Path, source: str) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(source, encoding="utf-8")
    with pytest.raises(UserError, match="2 clinical tables"):
        Radiogenomics(tmp_path)


def test_a_folder_without_the_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no clinical table under"):
        Radiogenomics(tmp_path)
    with pytest.raises(UserError, match="no folder"):
        Radiogenomics(tmp_path / "none")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("R01-002,", "R01-001,", "1 patient id occurs more than once"),
        (",N2,", ",N7,", "column 'Pathological N stage' holds 'N7'"),
        ("Gender,", "Geschlecht,", "no column 'Gender'"),
        (",Chemotherapy,", ",Histology,", "column 'Histology' occurs more than once"),
        (",G2 Moder", ",G7 Moder", "column 'Histopathological Grade' holds 'G7 Moderately"),
        (",Absent,", ",Indeterminate,", "column 'Lymphovascular invasion' holds 'Indeterminate'"),
        ("AMC-003,Stanford,", "AMC-003,", "row 4"),
        ("AMC-003,", 'AMC-003,"', "is broken"),
    ],
)
def test_wrong_tables_are_refused(
    tmp_path: Path, source: str, old: str, new: str, message: str
) -> None:
    assert old in source
    (tmp_path / "t.csv").write_text(source.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UserError) as refusal:
        Radiogenomics(tmp_path)
    assert message in str(refusal.value)


PATIENTS = 4


@pytest.fixture(scope="module")
def tree(nbia: ModuleType, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> object:
    (table,) = (shared_data / "nsclc_radiogenomics").glob("*.csv")
    return nbia.write_nbia_tree(tmp_path_factory.mktemp("nbia"), table, patients=PATIENTS, shrink=4)


@pytest.fixture
def copy(tree: object, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tree.root, tmp_path / "copy"))


def with_images(data: Radiogenomics, tree: object) -> dict[str, Case]:
    return {case.id: case for case in data.cases() if case.id in tree.patients}


def read(case: Case) -> Volume:
    assert case.volume is not None
    return case.volume()


def test_the_tumor_lies_on_the_series_that_the_segmentation_references(tree: object) -> None:
    cases = with_images(Radiogenomics(tree.root), tree)
    assert len(cases) == PATIENTS
    for id_, case in cases.items():
        volume = read(case)
        mask = sitk.GetArrayViewFromImage(volume.mask)
        assert int(mask.sum()) == tree.voxels[id_]
        assert "CT: series 3" in volume.notes[0]
        assert "references" in volume.notes[0]
        hu = sitk.GetArrayViewFromImage(volume.image)
        inside = float(np.mean(hu[mask != 0]))
        assert -700 < inside < 200


def test_segmentations_by_an_algorithm_are_left_out_and_said(tree: object) -> None:
    data = Radiogenomics(tree.root)
    assert any("1 segmentation by IDC's algorithm" in note for note in data.notes)
    first = read(with_images(data, tree)[tree.patients[0]])
    assert "left out: SEG series 300 (by IDC's algorithm)" in first.notes


def test_names_of_files_and_folders_do_not_matter(
    nbia: ModuleType, tree: object, tmp_path: Path
) -> None:
    shutil.copyfile(tree.table, tmp_path / "clinical.csv")
    for number, path in enumerate(nbia.files_below(tree.root)):
        header = pydicom.dcmread(path, stop_before_pixels=True)
        folder = tmp_path / "idc" / header.StudyInstanceUID / header.SeriesInstanceUID
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / f"{number:08d}")
    cases = with_images(Radiogenomics(tmp_path), tree)
    found = {id_: int(sitk.GetArrayFromImage(read(c).mask).sum()) for id_, c in cases.items()}
    assert found == dict(tree.voxels)


def test_a_patient_without_segmentation_or_ct_says_so(copy: Path, tree: object) -> None:
    patient, other, *_ = tree.patients
    for folder in copy.rglob("1000.000000-*"):
        if patient in folder.parts:
            shutil.rmtree(folder)
    for file in [*copy.rglob("*.dcm")]:
        if other in file.parts and not file.parent.name.startswith("1000."):
            file.unlink()
    cases = {case.id: case for case in Radiogenomics(copy).cases()}
    with pytest.raises(UserError, match="the tumor is not marked.*got SEG series 300"):
        read(cases[patient])
    with pytest.raises(UserError, match="no CT series"):
        read(cases[other])
    with pytest.raises(UserError, match="no DICOM file of the patient"):
        read(cases["AMC-001"])


def test_images_are_asked_for_or_not(tree: object, tmp_path: Path) -> None:
    assert all(case.volume is None for case in Radiogenomics(tree.root, images="no").cases())
    shutil.copyfile(tree.table, tmp_path / "clinical.csv")
    table = Radiogenomics(tmp_path)
    assert all(case.volume is None for case in table.cases())
    assert "no images: the clinical table alone" in table.notes
    with pytest.raises(UserError, match="no images of NSCLC Radiogenomics under"):
        Radiogenomics(tmp_path, images="yes")


def test_sources_are_the_files_that_cases_are_read_from(nbia: ModuleType, tree: object) -> None:
    sources = set(Radiogenomics(tree.root).sources)
    below = set(nbia.files_below(tree.root))
    assert tree.table in sources
    assert {path for path in below if "1000.000000" in path.parent.name} < sources
    assert not [path for path in sources if "PET AC" in path.parent.name]


def test_nothing_that_identifies_a_person_reaches_the_cohort_file(
    nbia: ModuleType, tree: object, tmp_path: Path, silent: Progress
) -> None:
    choice = Choice(name="radiogenomics", parameters={"root": str(tree.root)})
    path = ingest(choice, Registry(), home=tmp_path, workers=2, progress=silent)
    cohort_file = path.read_bytes()
    headers = b"".join(file.read_bytes() for file in nbia.files_below(tree.root))
    for text in (*nbia.PRIVATE, nbia.ROOT_UID, "THORAX 1.0", "CT CHEST ABD"):
        assert text.encode() in headers
        assert text.encode() not in cohort_file
