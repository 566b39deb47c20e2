"""Lung3: counts of the real table, tables that are refused, a download with images to a report."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import SimpleITK as sitk
from lnmbench_lung3.lung3 import Lung3

from lnmbench import UserError
from lnmbench.__main__ import main


def test_counts_of_the_collection(shared_data: Path) -> None:
    data = Lung3(shared_data / "lung3")
    cases = [case.values for case in data.cases()]
    assert Counter(row["pn"] for row in cases) == {"N0": 60, "N1": 18, "N2": 7, "": 4}
    assert Counter(row["pt"] for row in cases)[""] == 2
    assert Counter(row["sex"] for row in cases) == {"male": 60, "female": 29}
    assert Counter(row["lobe"] for row in cases)["Right Upper Lobe"] == 29
    assert "read as cp1252" in data.notes[0]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("LUNG3-02;", "LUNG3-01;", "1 patient id occurs more than once"),
        ("stage.nodes", "N", "no clinical table under"),
        (";M;Squamous", ";X;Squamous", "column 'sex' holds 'X'"),
        (";4;pT2", ";large;pT2", "column 'size' holds 'large'"),
        ("Left  Lower Lobe;", "", "is broken (row 2): expected 10 cells, got 9"),
        ("Left  Lower Lobe", "Lingula", "column 'lobe' holds 'Lingula'"),
    ],
)
def test_wrong_tables_are_refused(lung3: Path, old: str, new: str, message: str) -> None:
    (file,) = lung3.iterdir()
    text = file.read_text("latin-1")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="latin-1")
    with pytest.raises(UserError) as refusal:
        Lung3(lung3)
    assert message in str(refusal.value)


def test_a_copy_with_commas_is_read(lung3: Path) -> None:
    (file,) = lung3.iterdir()
    rows = [
        ",".join(f'"{cell}"' for cell in line.split(";"))
        for line in file.read_text("latin-1").splitlines()
    ]
    file.write_text("\n".join(rows), encoding="utf-8")
    data = Lung3(lung3)
    assert len(list(data.cases())) == 4
    assert "the table is separated by ',', not by ';'" in data.notes
    file.write_text("a;b\n1;2\n", encoding="utf-8")
    with pytest.raises(UserError, match="is not the clinical table of NSCLC-Radiomics-Genomics"):
        Lung3(file)


def write_download(nbia: ModuleType, root: Path, patients: int) -> None:
    """Write phantoms of the first patients: tumors of 8 × 8 × 2 voxels in an RTSTRUCT for every
    third patient, and in a SEG for the others; the last patient has a CT alone."""
    mask = np.zeros((6, 48, 48), bool)
    mask[2:4, 20:28, 20:28] = True
    for number in range(1, patients + 1):
        study = nbia.Study(
            patient=f"LUNG3-{number:02d}",
            number=1,
            description="CT Thorax",
            date="20070918",
            folder=root / "NSCLC-Radiomics-Genomics",
        )
        noise = np.random.default_rng(number).normal(0, 20, mask.shape)
        hu = (np.where(mask, 30, -820) + noise).astype(np.int16)
        frame = f"{study.uid}.9"
        source = nbia.write_series(study, 2, "AX", hu, (1.0, 1.0, 5.0), (0.0, 0.0, 0.0), frame)
        if number % 3 == 0 and number < patients:
            z_mm = (10.0, 15.0)
            nbia.write_rtstruct(study, 3, "RT", source, {"GTV-1": 4.0}, center=23.5, z_mm=z_mm)
        elif number < patients:
            nbia.write_seg(study, 300, "Segmentation", source, mask, "Neoplasm, Primary")


def test_a_download_goes_through_ingest_run_and_report(
    nbia: ModuleType,
    shared_data: Path,
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    root = tmp_path / "manifest-1"
    write_download(nbia, root, patients=16)
    (table,) = (shared_data / "lung3").glob("*.csv")
    (root / table.name).write_bytes(table.read_bytes())
    data = Lung3(root)
    voxels = [
        int(sitk.GetArrayFromImage(case.volume().mask).sum())
        for case, _ in zip(data.cases(), range(15), strict=False)
        if case.volume is not None
    ]
    assert voxels == [8 * 8 * 2] * 15
    assert "16 of 89 patients have DICOM series, 15 with SEG or RTSTRUCT" in " ".join(data.notes)
    arguments = ["run", "--dataset", f"lung3:root={root}", "--target", "n1", "--patch", "32"]
    arguments += ["--encoder", "resnet18:weights=random", "--aux", "none"]
    small = ["--repeats", "1", "--folds", "2", "--inner", "2"]
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)  # main replaces it
    monkeypatch.setenv("COLUMNS", "120")

    def call(words: list[str]) -> None:
        monkeypatch.setattr(sys, "argv", ["lnmbench", *words])
        with pytest.raises(SystemExit) as end:
            main()
        assert end.value.code == 0, capsys.readouterr().err

    call([*arguments, *small])
    output, errors = capsys.readouterr()
    text = " ".join((output + errors).split())
    assert "13 cases, 4 positive for n1" in text
    log = "".join(path.read_text("utf-8") for path in home.rglob("*.ingest-report.csv"))
    assert "LUNG3-16" in log
    assert "the tumor is not marked" in log
    (results,) = [*(tmp_path / "work").rglob("ledger.sqlite")]
    report = tmp_path / "report.html"
    call(["report", str(results.parent), "--output", str(report)])
    assert "NSCLC-Radiomics-Genomics" in report.read_text(encoding="utf-8")
