"""Fixtures that every test may use."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from module_files import load_module

# two threads on small matrices mostly wait for each other, more so when tests run side by side
os.environ.setdefault("OMP_NUM_THREADS", "1")

from lnmbench import Card, Cohort, Column
from lnmbench.contracts import Progress
from lnmbench.records import Choice, Plan, Preprocessing, Protocol
from lnmbench.registry import Registry
from lnmbench.stages.ingest import IngestOptions, ingest
from lnmbench.stages.plan.splitting import make_splits

CARD = Card(title="made for a test", license="none", source="here", citation="none", labels="made")


def pytest_collection_finish() -> None:
    """Exempt imported modules from garbage collection, which takes a quarter of the time else."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def default_signal_handlers() -> None:
    """Handle signals as Python does at its start.

    An earlier test may have run a command in this process, which handles them for its rest, and a
    shell starts jobs in the background with Ctrl-C ignored.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data to test against; the test is skipped where there is none."""
    default = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("LNMBENCH_TEST_DATA", default))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}: set LNMBENCH_TEST_DATA")
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own, and an empty working directory beside it."""
    folder = tmp_path / "home"
    monkeypatch.setenv("LNMBENCH_HOME", str(folder))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return folder


@pytest.fixture(scope="session")
def phantoms(tmp_path_factory: pytest.TempPathFactory, silent: Progress) -> Path:
    """The folder of the cohort `synthetic:n=24`, rendered once; copy it to `cohorts` of a home."""
    home = tmp_path_factory.mktemp("phantoms")
    choice = Choice(name="synthetic", parameters={"n": "24"})
    return ingest(choice, Registry(), home=home, workers=1, progress=silent).parent


@pytest.fixture(scope="session")
def small_images() -> IngestOptions:
    """Options for images of 32 × 32 pixels of 2 mm."""
    return IngestOptions(preprocessing=Preprocessing(spacing_mm=(2.0, 2.0, 5.0), patch=32))


@pytest.fixture(scope="session")
def small_phantoms(
    tmp_path_factory: pytest.TempPathFactory, silent: Progress, small_images: IngestOptions
) -> Path:
    """The folder of the same cohort with small images."""
    home = tmp_path_factory.mktemp("small-phantoms")
    choice = Choice(name="synthetic", parameters={"n": "24"})
    return ingest(
        choice, Registry(), home=home, workers=1, progress=silent, options=small_images
    ).parent


class Silent:
    """Progress that says nothing."""

    def say(self, line: str) -> None: ...
    def start(self, stage: str, subject: str, total: int, unit: str) -> None: ...
    def advance(self, steps: int = 1) -> None: ...
    def finish(self) -> None: ...


@pytest.fixture(scope="session")
def silent() -> Progress:
    """A display that shows nothing."""
    return Silent()


@pytest.fixture(scope="session")
def nbia() -> Iterator[ModuleType]:
    """The module that writes DICOM trees as the NBIA Data Retriever leaves them."""
    module = load_module(Path(__file__).with_name("nbia_tree.py"), "nbia_tree")
    yield module
    del sys.modules[module.__name__]


@pytest.fixture(scope="session")
def save_weights() -> Callable[[str, Path], None]:
    """Save random weights of a small network of TabICL or TabPFN 2; skip without the package."""

    def save(name: str, path: Path) -> None:
        pytest.importorskip(name)
        import torch

        torch.manual_seed(0)
        if name == "tabicl":
            from tabicl._model.tabicl import TabICL

            config = {"max_classes": 2, "embed_dim": 16, "col_nhead": 2, "col_num_inds": 4}
            config |= {"row_nhead": 2, "row_num_cls": 2, "icl_nhead": 2}
            config |= dict.fromkeys(("col_num_blocks", "row_num_blocks", "icl_num_blocks"), 1)
            network = TabICL(**config)
        else:
            from tabpfn.architectures import ARCHITECTURES

            config = {"max_num_classes": 10, "emsize": 24, "nlayers": 1, "nhead": 2}
            architecture = ARCHITECTURES["tabpfn_v2"]
            network = architecture.get_architecture(architecture.parse_config(config)[0])
        torch.save({"config": config, "state_dict": network.state_dict()}, path)

    return save


MakeCohort = Callable[..., Cohort]


@pytest.fixture
def make_cohort() -> MakeCohort:
    """A clinical cohort in memory: age carries the target n2, half of the stages are known."""

    def make(n: int = 60, *, truth: object = None, patients: object = None) -> Cohort:
        random = np.random.default_rng(0)
        ids = tuple(f"case-{number}" for number in range(n))
        labels = np.arange(n) % 3 == 0 if truth is None else truth
        columns = [
            Column(name="id", role="id"),
            Column(name="age", role="feature", unit="a"),
            Column(name="sex", role="feature", kind="nominal", categories=("f", "m")),
            Column(name="n2", role="target", kind="binary", label="n2", categories=("0", "1")),
        ]
        values = {
            "id": np.array(ids),
            "age": random.normal(60, 9, n) + 8 * (np.arange(n) % 3 == 0),
            "sex": random.integers(0, 2, n).astype(float),
            "n2": np.asarray(labels, dtype=float),
        }
        if patients is not None:
            columns.append(Column(name="patient", role="patient"))
            values["patient"] = np.asarray(patients, dtype=str)
        return Cohort(
            name="made",
            ids=ids,
            columns=tuple(columns),
            values=values,
            offsets=np.zeros(n + 1, dtype=np.int64),
            card=CARD,
            fingerprint="f" * 32,
        )

    return make


@pytest.fixture
def plan() -> Plan:
    """A small plan: 30 cases, 2 × 3 × 2."""
    ids = tuple(f"case-{number}" for number in range(30))
    truth = (np.arange(30) % 3 == 0).astype(float)
    protocol = Protocol(target="n2", repeats=2, folds=3, inner=2, seed=0)
    return Plan(
        dataset="made",
        fingerprint="f" * 32,
        card=CARD,
        preprocessing=Preprocessing(),
        protocol=protocol,
        ids=ids,
        truth=truth,
        patients=np.arange(30),
        splits=make_splits(ids, truth, ids, protocol),
        notes=("a note",),
    )
