"""lyDATA from the command line: a user's first run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path


def test_a_network_on_clinical_features_learns_n1_beside_pt(shared_data: Path, home: Path) -> None:
    words = ("--target", "n1", "--encoder", "none", "--aux", "pt")
    small = ("--repeats", "1", "--folds", "3", "--inner", "2")
    dataset = ("--dataset", f"lydata:root={shared_data / 'lydata'}")
    run = subprocess.run(
        [sys.executable, "-m", "lnmbench", "run", *dataset, *words, *small],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "100"},
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    told = " ".join(run.stdout.split())
    assert "330 cases, 153 positive for n1" in told
    assert "not of lung cancer, mapped by name: T1 → pT1a or pT1b or pT1c" in told
    found = re.search(r"^logistic +\.(\d{3})", run.stdout, flags=re.MULTILINE)
    assert found is not None
    assert 0.60 < int(found[1]) / 1000 < 0.76
