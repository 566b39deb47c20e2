"""Results for the sections of the report and the checks: of a small real run, and made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench.config import read_benchmark
from lnmbench.contracts import Progress
from lnmbench.records import Choice, Results, RunFolders
from lnmbench.registry import Registry
from lnmbench.stages.report import read_results
from lnmbench.stages.run import run
from lnmbench.testing.sample_results import SAMPLE_METHODS, sample_results

SETTINGS = {
    "dataset": "synthetic:n=60,images=false",
    "encoder": "none",
    "aux": ("pt", "pt:shuffled=1"),
    "repeats": 2,
    "folds": 4,
    "inner": 2,
    "tune": 3,
    "training": {"max_epochs": "5"},
}


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory, silent: Progress) -> Path:
    """A run directory: logistic regression, and clinical networks without pT, with it, shuffled."""
    place = tmp_path_factory.mktemp("scored")
    return run(
        read_benchmark(None, SETTINGS),
        Registry(),
        folders=RunFolders(home=place / "home", out=place / "run"),
        executor=Choice(name="inline"),
        workers=1,
        plugins=(),
        progress=silent,
    )


@pytest.fixture(scope="session")
def scored(run_folder: Path) -> Results:
    """The results of that run."""
    return read_results(run_folder, Registry())


@pytest.fixture(scope="session")
def sample() -> Results:
    """Two networks, with the auxiliary task and without, and a baseline: no clear difference."""
    return sample_results(SAMPLE_METHODS[:3])
