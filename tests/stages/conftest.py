"""A small data set, and networks with plugins that the search varies."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lnmbench.records import Choice, NetworkMethod, Preprocessing, Training, Weights
from lnmbench.registry import Registry
from lnmbench.stages.ingest import IngestOptions, Pseudonyms, ingest, ingest_log_path

SMALL = Preprocessing(spacing_mm=(1.0, 1.0, 1.0), patch=16)

PLUGIN = '''
import os, signal, threading, weakref
from pathlib import Path
import numpy as np
import SimpleITK as sitk
from lnmbench import Card, Case, Column, UserError, Volume, hookimpl

READ, LIVE, MOST = [], set(), [0]
LOCK = threading.Lock()

def forget(number):
    with LOCK:
        LIVE.discard(number)

class Made:
    """Boxes in noise; the images of `bad` cannot be read, every `lacking`-th case has none."""

    def __init__(
        self, n: int = 6, bad: str = "", where: Path = Path("."), images: bool = True,
        lacking: int = 0,
    ) -> None:
        self.n, self.bad, self.images, self.lacking = n, bad.split("+"), images, lacking
        self.columns = (
            Column(name="who", role="id"),
            Column(name="patient", role="patient"),
            Column(name="hospital", role="center"),
            Column(name="age", role="feature", unit="a"),
            Column(name="n1", role="target", kind="binary", label="n1", categories=("0", "1")),
        )
        self.card = Card(title="made", license="none", source="here", citation="none", labels="x")
        self.sources = sorted(Path(where).glob("*.source"))
        self.notes = ()

    def cases(self):
        for number in range(self.n):
            name = f"PAT-{number:03d}"
            values = {"who": name, "patient": f"Doe^John{number}", "hospital": "St Mary",
                      "age": None if number == 1 else 50 + number, "n1": str(number % 2)}
            volume = (lambda number=number, name=name: self.volume(number, name))
            has_images = self.images and not (self.lacking and number % self.lacking == 0)
            yield Case(id=name, values=values, volume=volume if has_images else None)

    def volume(self, number, name):
        if name in self.bad or "all" in self.bad:
            raise UserError("no CT series", where=f"/data/{name}/ct", got="=1+1")
        if os.environ.get("KILL_AT") == str(number):
            os.kill(os.getpid(), signal.SIGKILL)
        READ.append(number)
        rng = np.random.default_rng(number)
        image = sitk.GetImageFromArray(rng.normal(0, 50, (8, 24, 24)).astype(np.float32))
        inside = np.zeros((8, 24, 24), np.uint8)
        inside[2:5, 10:14, 10:14] = 1
        mask = sitk.GetImageFromArray(inside)
        for made in (image, mask):
            made.SetSpacing((0.5, 0.5, 2.0))
        volume = Volume(image=image, mask=mask, notes=(
            f"series 3 of {name}, of 1.2.840.113619.2.55.3.1: most slices",))
        with LOCK:
            LIVE.add((number, id(image)))
            MOST[0] = max(MOST[0], len(LIVE))
        weakref.finalize(image, forget, (number, id(image)))
        return volume

@hookimpl
def register_datasets():
    return {"made": Made}
'''


EXTRACTOR = '''
import os
import time
from pathlib import Path
import SimpleITK as sitk
from lnmbench import Column, UserError, hookimpl


class Intensity:
    """Mean of the HU in the mask; each call adds a line to a file, and from the sixth on waits."""

    software = "numpy made up"

    def __init__(self, threshold: float = 0.0) -> None:
        self.threshold = threshold
        self.columns = tuple(
            Column(name=name, role="feature", unit="HU", modality="radiomics")
            for name in ("mean", "threshold")
        )

    def extract(self, image, mask):
        with Path("calls.txt").open("a", encoding="utf-8") as file:
            file.write("call\\n")
        if len(Path("calls.txt").read_text(encoding="utf-8").splitlines()) > 5:
            time.sleep(float(os.environ.get("EXTRACTION_SECONDS", "0")))
        hu, inside = sitk.GetArrayFromImage(image), sitk.GetArrayFromImage(mask) > 0
        mean = float(hu[inside].mean(dtype="f8"))
        if self.threshold < 0 or mean > self.threshold > 0:
            raise UserError("no luck with this tumor")
        return {"mean": mean, "threshold": self.threshold}


@hookimpl
def register_feature_extractors():
    return {"intensity": Intensity}
'''


class RecordedProgress:
    """Progress that keeps its lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.steps = 0

    def say(self, line: str) -> None:
        self.lines.append(line)

    def start(self, stage: str, subject: str, total: int, unit: str) -> None: ...

    def advance(self, steps: int = 1) -> None:
        self.steps += steps

    def finish(self) -> None: ...


@pytest.fixture
def plugin(home: Path) -> Path:
    """The file of the data set `made`, in the working directory."""
    path = Path("made.py").resolve()
    path.write_text(PLUGIN, encoding="utf-8")
    return path


@pytest.fixture
def extractor_plugin(home: Path) -> Path:
    """The file of the feature extractor `intensity`, in the working directory."""
    path = Path("intensity.py").resolve()
    path.write_text(EXTRACTOR, encoding="utf-8")
    return path


class IngestMade:
    """Ingests the data set `made` with its parameters; `progress` keeps the notices."""

    def __init__(self, plugin: Path, home: Path) -> None:
        self.plugin, self.home, self.progress = plugin, home, RecordedProgress()

    def __call__(
        self,
        *,
        workers: int = 2,
        home: Path | None = None,
        strict: bool = False,
        pseudonyms: Pseudonyms | None = None,
        preprocessing: Preprocessing = SMALL,
        **parameters: object,
    ) -> Path:
        return ingest(
            Choice(name="made", parameters=parameters),
            Registry([str(self.plugin)]),
            home=home or self.home,
            workers=workers,
            progress=self.progress,
            options=IngestOptions(
                preprocessing=preprocessing, strict=strict, pseudonyms=pseudonyms
            ),
        )


@pytest.fixture
def ingest_made(plugin: Path, home: Path) -> IngestMade:
    return IngestMade(plugin, home)


@pytest.fixture
def read_log() -> Callable[[Path], list[dict[str, str]]]:
    """Return the rows of the ingest log of a cohort file."""

    def read(cohort: Path) -> list[dict[str, str]]:
        with ingest_log_path(cohort).open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    return read


PLANTED = '''
from typing import Literal
import torch
from torch.nn import functional
from lnmbench import hookimpl

class Planted:
    """A weighting that hears nothing of the target, unless the search finds out."""

    def __init__(
        self, mode: Literal["deaf", "plain", "broken"] = "deaf", offers: str = "deaf+plain"
    ) -> None:
        self.mode, self.offers = mode, offers

    def space(self):
        return {"mode": self.offers.split("+")} if self.offers else {}

    def initial_scalars(self, tasks):
        return ()

    def combine(self, losses, scalars):
        broken = 1.0 if len(losses) == 2 else float("nan")  # when it is tried, it is not broken
        return losses[:, 0] * {"deaf": 0.0, "plain": 1.0, "broken": broken}[self.mode]

class Sex:
    """Sex as an auxiliary task."""

    title, kind, outputs = "sex", "binary", 1

    def __init__(self, smooth: float = 0.0) -> None:
        self.smooth = smooth

    def space(self):
        return {"smooth": [0.1]}

    def targets(self, cohort):
        return cohort.values["sex"]

    def notes(self, cohort):
        return ()

    def loss(self, logits, targets):
        smooth = targets * (1 - self.smooth) + self.smooth / 2
        return functional.binary_cross_entropy_with_logits(logits[..., 0], smooth, reduction="none")

    def probabilities(self, logits):
        return torch.sigmoid(logits)

class Nowhere(Planted):
    """A weighting whose space has a parameter that it does not have."""

    def space(self):
        return {"temperature": [1.0, 2.0]}

@hookimpl
def register_weightings():
    return {"planted": Planted, "nowhere": Nowhere}

@hookimpl
def register_aux_tasks():
    return {"sex": Sex}
'''


MakeNetwork = Callable[..., NetworkMethod]


@pytest.fixture(scope="session")
def planted_registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """The installed plugins, with the weightings and the task of `PLANTED`."""
    path = tmp_path_factory.mktemp("planted") / "planted.py"
    path.write_text(PLANTED, encoding="utf-8")
    return Registry([str(path)])


@pytest.fixture(scope="session")
def make_network() -> MakeNetwork:
    """Returns a network without images, with auxiliary tasks and other settings."""

    def make(*aux: Choice, **settings: object) -> NetworkMethod:
        fixed = Choice(name="fixed", parameters={"aux": 1.0})
        method = NetworkMethod(
            label="a network",
            encoder=Choice(name="none", parameters={"train": "none"}),
            level="none",
            weights=Weights(source="none"),
            aux=aux,
            weighting=fixed if aux else None,
            training=Training(max_epochs=6, patience=6),
            tune=4,
        )
        return replace(method, **settings)  # type: ignore[arg-type]  # of a test

    return make
