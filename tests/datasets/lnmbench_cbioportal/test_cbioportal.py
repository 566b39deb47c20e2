"""cBioPortal: counts of the real studies, both formats alike, a first run."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from lnmbench_cbioportal.cbioportal import Cbioportal
from lnmbench_tcga.tcga import Tcga

from lnmbench import UserError
from lnmbench.__main__ import main

LUAD = "cbioportal/luad_tcga_pan_can_atlas_2018"
DOWNLOAD = "cbioportal_web_download/luad_tcga_pan_can_atlas_2018_clinical_data.tsv"
LATER = re.compile(
    r"surviv|os_|dfs|dss|pfs|months|status|grade|mutation|aneuploidy|msi|tmb|examined|margin|path|"
    r"radiation|treatment|therapy|stage",
    re.IGNORECASE,
)


def cells(data: Cbioportal | Tcga, name: str) -> dict[str, object]:
    return {case.id: case.values[name] for case in data.cases()}


@pytest.mark.parametrize(
    ("study", "patients", "expected"),
    [
        (LUAD, 566, {"N0": 331, "N1": 97, "N2": 73, "N3": 2, "": 63}),
        (f"{LUAD}_no_header_comments", 566, {"N0": 331, "N1": 97, "N2": 73, "N3": 2, "": 63}),
        (DOWNLOAD, 566, {"N0": 331, "N1": 97, "N2": 73, "N3": 2, "": 63}),
        (
            "cbioportal/brca_tcga_pan_can_atlas_2018",
            1084,
            {"N0": 512, "N1": 357, "N2": 119, "N3": 76, "": 20},
        ),
        ("cbioportal/paad_tcga_legacy", 185, {"N0": 50, "N1": 130, "": 5}),
    ],
)
def test_counts_of_the_real_studies(
    shared_data: Path, study: str, patients: int, expected: dict[str, int]
) -> None:
    if not (shared_data / study).exists():
        pytest.skip(f"no real data of {study}")
    data = Cbioportal(shared_data / study, neoadjuvant=True)
    assert len(list(data.cases())) == patients
    assert Counter(cells(data, "pn").values()) == expected


def test_download_and_staging_files_are_one_cohort(shared_data: Path) -> None:
    staging, download = Cbioportal(shared_data / LUAD), Cbioportal(shared_data / DOWNLOAD)
    assert [c.name for c in staging.columns] == [c.name for c in download.columns]
    assert [c.values for c in staging.cases()] == [c.values for c in download.cases()]


@pytest.mark.parametrize("name", ["pn", "pt", "age", "sex", "race"])
def test_patients_of_the_biotab_are_the_same(shared_data: Path, name: str) -> None:
    portal = cells(Cbioportal(shared_data / LUAD), name)
    biotab = cells(Tcga(shared_data / "tcga", cancer="luad"), name)
    common = portal.keys() & biotab.keys()
    assert len(common) == 511
    different = {i for i in common if str(portal[i]).casefold() != str(biotab[i]).casefold()}
    assert different == set()


def test_no_feature_is_known_only_after_surgery(shared_data: Path) -> None:
    for study in (LUAD, "cbioportal/paad_tcga_legacy", "cbioportal/brca_tcga_pan_can_atlas_2018"):
        columns = Cbioportal(shared_data / study).columns
        features = [column.name for column in columns if column.role == "feature"]
        assert features
        assert not [name for name in features if LATER.search(name)]


def test_a_small_study_from_end_to_end(write_study: Callable[..., Path]) -> None:
    data = Cbioportal(write_study())
    assert cells(data, "pn") == {"P1": "N0", "P2": "N1", "P3": "", "P5": "N0"}
    assert cells(data, "pt") == {"P1": "T4d", "P2": "T1b", "P3": "", "P5": "T1b"}
    assert cells(data, "center") == {"P1": "NC", "P2": "05", "P3": "05", "P5": "NK"}
    assert cells(data, "age")["P3"] == ""
    roles = {column.name: (column.role, column.label) for column in data.columns}
    assert roles == {
        "center": ("center", None),
        "age": ("feature", None),
        "sex": ("feature", None),
        "pn": ("target", "pn"),
        "pt": ("aux", "pt"),
        "cn": ("feature", "cn"),
        "grade": ("aux", "grade"),
    }
    assert "1 of 5 patients had neoadjuvant treatment and are excluded" in " ".join(data.notes)


def test_the_download_of_the_study_is_the_same(
    write_study: Callable[..., Path], write_download: Callable[[], Path]
) -> None:
    names = {"pn": "Lymph Node Stage", "pt": "Tumor Stage Code", "cn": "Clinical N Stage"}
    staging, download = Cbioportal(write_study()), Cbioportal(write_download(), **names)
    portal = {case.id: case.values for case in download.cases()}
    assert portal["P1"] == {case.id: case.values for case in staging.cases()}["P1"]
    assert len(portal) == 5  # the portal's name of neoadjuvant therapy is another one here
    assert cells(Cbioportal(write_study(name="again"), cn="none", pt="none"), "pn")["P2"] == "N1"


def test_stages_after_therapy_are_refused_unless_requested(
    write_study: Callable[..., Path], replace_text: Callable[[Path, str, str], None]
) -> None:
    study = write_study()
    replace_text(study / "data_clinical_patient.txt", "N1MI", "ypN1")
    with pytest.raises(UserError, match=r"1 patient has a pathological N category after neoadj"):
        Cbioportal(study)
    assert cells(Cbioportal(study, neoadjuvant=True), "pn")["P2"] == "N1"


def test_a_study_of_treated_patients_is_refused(write_study: Callable[..., Path]) -> None:
    with pytest.raises(UserError, match="every patient had neoadjuvant treatment"):
        Cbioportal(write_study(["P4|55|Female|Yes|N2|T3|N2|G2|4|40"], None))


def test_logistic_regression_on_luad(
    shared_data: Path,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["run", "--dataset", f"cbioportal:root={shared_data / LUAD}", "--target", "n1"]
    small = ["--baseline", "logistic", "--only", "--repeats", "1", "--folds", "3", "--inner", "2"]
    monkeypatch.setattr(sys, "argv", ["lnmbench", *arguments, *small])
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)  # main replaces it
    monkeypatch.setenv("COLUMNS", "100")
    with pytest.raises(SystemExit) as end:
        main()
    output, errors = capsys.readouterr()
    assert end.value.code == 0, errors
    assert "500 cases, 170 positive for n1" in " ".join((output + errors).split())
