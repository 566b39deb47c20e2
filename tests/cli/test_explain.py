"""`lnmbench explain`: a page with pictures, written privately."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path
from typing import Any

import pytest

from lnmbench.cli.app import app
from lnmbench.errors import UserError

PLUGIN = """
from torch import nn
from lnmbench import Weights, hookimpl

class Hand:
    \"\"\"Hand-made features.\"\"\"
    level, out_dim = "slice", 4
    weights = Weights(source="none")
    def stages(self):
        return nn.Sequential(nn.AdaptiveAvgPool2d(2), nn.Flatten())

@hookimpl
def register_encoders():
    return {"hand": Hand}
"""


def test_a_page_is_written_and_its_tables_are_printed(
    home: Path,
    phantoms: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("torch")
    shutil.copytree(phantoms, home / "cohorts")
    monkeypatch.setenv("COLUMNS", "120")
    Path("hand.py").write_text(PLUGIN, encoding="utf-8")
    run = "run --dataset synthetic:n=24 --encoder hand --aux none --only --repeats 1 --folds 2"
    call(f"{run} --inner 2 --training max_epochs=2 --out a --plugin hand.py")
    capsys.readouterr()
    call("explain a --case 3 --patch 70 --plugin hand.py --figures figures --device cpu")
    output = capsys.readouterr()
    assert "Table 1. Images in the predictions" in output.out
    assert "Table 3" not in output.out  # too long to read
    assert "written to explanations.html" in output.err
    page = Path("explanations.html")
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert "Figure 1. Case 3" in page.read_text(encoding="utf-8")
    names = sorted(path.name for path in Path("figures").iterdir())
    assert names[:2] == ["occlusion_case_3-1.png", "occlusion_case_3-2.png"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in Path("figures").iterdir()} == {0o600}
    for options, message in (
        ("--repeat 2", "no repeat 2 in the run .*1, the only one"),
        ("--outcome N1", "target n2 has no outcome 'N1'"),
    ):
        with pytest.raises(UserError, match=message):
            call(f"explain a {options} --plugin hand.py --output other.html")
    (cohort,) = (home / "cohorts").glob("*.h5")
    cohort.rename(home / "away.h5")
    with pytest.raises(UserError, match="the cohort of the run is missing or damaged"):
        call("explain a --plugin hand.py --output other.html")
    assert not Path("other.html").exists()


def test_the_number_of_cases_is_that_of_the_docs() -> None:
    import inspect

    from lnmbench.cli.explain import explain as command
    from lnmbench.stages.explain import explain

    default = inspect.signature(explain).parameters["most"].default
    assert inspect.signature(command).parameters["most"].default == default == 6


def test_a_folder_cannot_be_written(home: Path) -> None:
    with pytest.raises(UserError, match="cannot write"):
        call("explain --output .")
    Path("figures").write_text("")
    with pytest.raises(UserError, match="figures need a new folder"):
        call("explain --figures figures")
    with pytest.raises(UserError, match="no run here"):
        call("explain")


def call(words: str) -> Any:
    """Run a command in this process."""
    return app(words.split(), standalone_mode=False)
