"""Files of a study: found in its folder, several studies are not chosen between."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from lnmbench_cbioportal.study_files import find_study

from lnmbench import UserError


def test_the_study_is_found_at_any_depth_or_by_its_file(
    write_study: Callable[..., Path], tmp_path: Path
) -> None:
    folder = write_study()
    for root in (tmp_path, folder, folder / "data_clinical_patient.txt"):
        study = find_study(root)
        assert study.patients == folder / "data_clinical_patient.txt"
        assert study.samples == folder / "data_clinical_sample.txt"
        assert (study.name, study.is_download) == ("lung_study", False)


def test_names_of_firehose_are_known(write_study: Callable[..., Path]) -> None:
    folder = write_study()
    for kind in ("patient", "sample"):
        (folder / f"data_clinical_{kind}.txt").rename(folder / f"data_bcr_clinical_data_{kind}.txt")
    study = find_study(folder)
    assert study.samples == folder / "data_bcr_clinical_data_sample.txt"


def test_a_download_is_found_by_its_header(
    write_download: Callable[[], Path], tmp_path: Path
) -> None:
    (tmp_path / "other.tsv").write_text("a\tb\n1\t2\n", encoding="utf-8")
    path = write_download()
    for root in (tmp_path, path):
        study = find_study(root)
        assert (study.patients, study.samples, study.is_download) == (path, None, True)
        assert study.name == "lung_study"


def test_several_studies_are_not_chosen_between(
    write_study: Callable[..., Path], tmp_path: Path
) -> None:
    folder = write_study()
    shutil.copytree(folder, tmp_path / "other")
    with pytest.raises(UserError, match="2 studies under.*give the folder or the file of one"):
        find_study(tmp_path)
    shutil.copyfile(folder / "data_clinical_patient.txt", folder / "data_clinical_patient_2.txt")
    with pytest.raises(UserError, match="2 files of patients.*leave one of them"):
        find_study(folder)


def test_files_that_are_no_study_are_refused(
    write_study: Callable[..., Path], tmp_path: Path
) -> None:
    with pytest.raises(UserError, match="no clinical tables of cBioPortal under"):
        find_study(tmp_path)
    folder = write_study()
    (folder / "data_clinical_patient.txt").unlink()
    with pytest.raises(UserError, match="data_clinical_sample.txt has no file of patients"):
        find_study(folder)
    with pytest.raises(UserError, match="has the samples of a study, not its patients"):
        find_study(folder / "data_clinical_sample.txt")
    with pytest.raises(UserError, match="no folder"):
        find_study(tmp_path / "none")
