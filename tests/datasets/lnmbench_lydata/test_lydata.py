"""lyDATA: counts of the real cohorts, and a first run."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from lnmbench_lydata.lydata import Lydata

from lnmbench.__main__ import main

ISB = "2023-isb-multisite"
ValuesOf = Callable[[Lydata, str], list[object]]


def test_counts_of_the_isb_cohort(isb: Lydata, values_of: ValuesOf) -> None:
    assert Counter(values_of(isb, "n1")) == {"True": 153, "False": 177, "": 2}
    assert len(list(isb.cases())) == 332
    stations = {
        name: Counter(values_of(isb, f"station_{name}"))
        for name in ("ipsi_I", "ipsi_II", "ipsi_III")
    }
    known = {name: (found["True"], 332 - found[""]) for name, found in stations.items()}
    assert known == {"ipsi_I": (38, 289), "ipsi_II": (100, 289), "ipsi_III": (43, 286)}
    assert "153 of 330" in " ".join(isb.notes)


@pytest.mark.parametrize(
    ("cohort", "patients", "examined", "positive"),
    [
        ("2023-isb-multisite", 332, 330, 153),
        ("2023-clb-multisite", 373, 373, 241),
        ("2025-umcg-hypopharynx-larynx", 983, 93, 60),
    ],
)
def test_counts_of_each_cohort(
    shared_data: Path, cohort: str, patients: int, examined: int, positive: int, values_of: ValuesOf
) -> None:
    if not (shared_data / "lydata" / cohort).is_dir():
        pytest.skip(f"no real data of {cohort}")
    counts = Counter(values_of(Lydata(shared_data / "lydata", cohort=cohort), "n1"))
    assert counts.total() == patients
    assert counts.total() - counts[""] == examined
    assert counts["True"] == positive


def test_cohorts_together_keep_their_centers(shared_data: Path) -> None:
    if not (shared_data / "lydata" / "2025-umcg-hypopharynx-larynx").is_dir():
        pytest.skip("no real data of 2025-umcg-hypopharynx-larynx")
    data = Lydata(shared_data / "lydata")
    (center,) = (column.name for column in data.columns if column.role == "center")
    counts = Counter(case.values[center] for case in data.cases())
    assert counts == {
        "University Medical Center Groningen": 983,
        "Centre Léon Bérard": 373,
        "Inselspital Bern": 332,
    }
    assert "n1: 454 of 796 patients have an involved level" in " ".join(data.notes)


def test_a_network_on_clinical_features_learns_n1_with_pt(
    shared_data: Path,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    dataset = f"lydata:root={shared_data / 'lydata'},cohort={ISB}"
    method = ("--target", "n1", "--encoder", "none", "--aux", "pt")
    small = ("--repeats", "1", "--folds", "3", "--inner", "2")
    monkeypatch.setattr(sys, "argv", ["lnmbench", "run", "--dataset", dataset, *method, *small])
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)  # main replaces it
    monkeypatch.setenv("COLUMNS", "100")
    with pytest.raises(SystemExit) as end:
        main()
    output, errors = capsys.readouterr()
    assert end.value.code == 0, errors
    text = " ".join(output.split())
    assert "330 cases, 153 positive for n1" in text
    assert "not of lung cancer, mapped by name: T1 → pT1a or pT1b or pT1c" in text
    auc = re.search(r"^logistic +\.(\d{3})", output, flags=re.MULTILINE)
    assert auc is not None
    assert 0.60 < int(auc[1]) / 1000 < 0.76
