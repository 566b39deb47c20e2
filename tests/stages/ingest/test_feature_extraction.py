"""Extraction of features at ingest: cached, in processes, with a fault that costs one case."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from lnmbench import UserError
from lnmbench.records import Choice
from lnmbench.registry import Registry
from lnmbench.stages.ingest import IngestOptions, ingest
from lnmbench.stages.ingest.extractors import select_extractors
from lnmbench.stages.ingest.feature_extraction import FOLDER, Extraction, open_extraction
from lnmbench.store.cohort_file import read_cohort
from lnmbench.testing.sample_volume import sample_volume

MEAN = "intensity: mean"
ReadLog = Callable[[Path], list[dict[str, str]]]


class Recorded:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        self.lines.append(line)

    def start(self, stage: str, subject: str, total: int, unit: str) -> None:
        self.lines.append(f"{stage} {subject}")

    def advance(self, steps: int = 1) -> None: ...

    def finish(self) -> None: ...


class IngestWithFeatures:
    def __init__(self, plugins: list[str], home: Path) -> None:
        self.plugins, self.home, self.progress = plugins, home, Recorded()

    def __call__(
        self, *, workers: int = 1, home: Path | None = None, extract: str = "", **parameters: object
    ) -> Path:
        from lnmbench import choices

        chosen = choices.parse(extract or "intensity")
        return ingest(
            Choice(name="made", parameters=parameters),
            Registry(self.plugins),
            home=home or self.home,
            workers=workers,
            progress=self.progress,
            options=IngestOptions(extract=(chosen,)),
        )

    @property
    def calls(self) -> int:
        """The number of cases that the extractor was called for, in all processes."""
        path = Path("calls.txt")
        return len(path.read_text(encoding="utf-8").splitlines()) if path.is_file() else 0


@pytest.fixture
def ingest_with_features(plugin: Path, extractor_plugin: Path, home: Path) -> IngestWithFeatures:
    return IngestWithFeatures([str(plugin), str(extractor_plugin)], home)


def test_features_are_those_of_the_image_at_its_own_resolution(
    ingest_with_features: IngestWithFeatures,
) -> None:
    cohort = read_cohort(ingest_with_features(n=3))
    expected = [
        np.random.default_rng(number)
        .normal(0, 50, (8, 24, 24))
        .astype(np.float32)[2:5, 10:14, 10:14]
        .mean(dtype=np.float64)
        for number in range(3)
    ]
    assert cohort.values[MEAN].tolist() == pytest.approx(expected, rel=1e-12)
    assert cohort.modalities == ("clinical", "radiomics")
    assert any("intensity:threshold=0.0" in note for note in cohort.card.notes)
    lines = ingest_with_features.progress.lines
    assert "intensity: 2 features of 3 of 3 cases" in lines
    assert "ingest images and features" in lines


def test_processes_give_the_same_cohort_as_threads(
    ingest_with_features: IngestWithFeatures, tmp_path: Path
) -> None:
    first = read_cohort(ingest_with_features(n=4, workers=1))
    second = read_cohort(ingest_with_features(n=4, workers=2, home=tmp_path / "other"))
    assert first.fingerprint == second.fingerprint


def test_values_are_kept_for_other_cohorts_of_the_same_images(
    ingest_with_features: IngestWithFeatures, home: Path
) -> None:
    first = ingest_with_features(n=2)
    assert ingest_with_features.calls == 2
    second = ingest_with_features(n=3)  # two of its cases are the same
    assert first != second
    assert ingest_with_features.calls == 3
    for damaged in (home / FOLDER).iterdir():
        assert damaged.stat().st_mode & 0o077 == 0
        damaged.write_text(json.dumps({"mean": 7}), encoding="utf-8")
    second.unlink()
    ingest_with_features(n=3)
    assert ingest_with_features.calls == 6, "damaged files are not used"
    ingest_with_features(n=3, extract="intensity:threshold=50")
    assert ingest_with_features.calls == 9, "other settings, other values"


def test_a_case_whose_extraction_fails_stays_without_features(
    ingest_with_features: IngestWithFeatures, read_log: ReadLog
) -> None:
    path = ingest_with_features(n=3, extract="intensity:threshold=5")  # the second has 8 HU
    cohort = read_cohort(path)
    assert np.isnan(cohort.values[MEAN]).tolist() == [False, True, False]
    assert "intensity has no features" in read_log(path)[1]["found"]
    assert "intensity: 2 features of 2 of 3 cases" in ingest_with_features.progress.lines
    (line,) = (each for each in ingest_with_features.progress.lines if "check the images" in each)
    assert "case 'PAT-001': intensity has no features (no luck with this tumor)" in line


def test_no_features_of_any_case_are_refused(ingest_with_features: IngestWithFeatures) -> None:
    with pytest.raises(UserError, match="no case has features of intensity.*no luck"):
        ingest_with_features(n=2, extract="intensity:threshold=-1")
    with pytest.raises(UserError, match="intensity needs images.*got data set made without"):
        ingest_with_features(n=2, images=False)


def test_a_stop_ends_the_processes_at_once(extractor_plugin: Path) -> None:
    registry = Registry([str(extractor_plugin)])
    selected = select_extractors([Choice(name="intensity")], registry)
    with open_extraction(selected, registry, folder=None, workers=2) as extraction:
        assert extraction is not None
        assert len(extraction.extract(sample_volume(), where="case 'a'").values) == 2
        extraction.stop()
        with pytest.raises(RuntimeError, match="cannot schedule new futures after shutdown"):
            extraction.extract(sample_volume(), where="case 'a'")


@pytest.mark.parametrize(
    "got", ["a mask that is a box", "a tumor given by coordinates", "no tumor mask"]
)
def test_boxes_and_coordinates_are_refused(
    ingest_with_features: IngestWithFeatures, got: str
) -> None:
    registry = Registry(ingest_with_features.plugins)
    selected = select_extractors([Choice(name="intensity")], registry)
    volume = sample_volume()
    inside = np.zeros((12, 36, 40), np.uint8)
    inside[3:7, 5:11, 5:10] = "box" in got
    mask = sitk.GetImageFromArray(inside)
    mask.CopyInformation(volume.mask)
    by_coordinates = "coordinates" in got
    volume = replace(volume, outlined=False) if by_coordinates else replace(volume, mask=mask)
    with pytest.raises(UserError, match=rf"\(case 'a'\): expected a tumor mask, got {got}"):
        Extraction(selected, registry, None, None).extract(volume, where="case 'a'")


def test_without_extractors_there_is_no_extraction(extractor_plugin: Path) -> None:
    registry = Registry([str(extractor_plugin)])
    with open_extraction((), registry, folder=None, workers=4) as extraction:
        assert extraction is None


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_stopped_extraction_is_silent_on_its_semaphores_and_resumes(
    number: signal.Signals, ingest_with_features: IngestWithFeatures, home: Path, tmp_path: Path
) -> None:
    words = "data ingest made:n=12 --extract intensity --plugin made.py --plugin intensity.py"
    with subprocess.Popen(
        [sys.executable, "-m", "lnmbench", *words.split(), "--workers", "2"],
        env={**os.environ, "EXTRACTION_SECONDS": "1.5"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as stopped:
        deadline = time.monotonic() + 300
        while ingest_with_features.calls < 5 and time.monotonic() < deadline:
            time.sleep(0.02)
        if number == signal.SIGKILL:
            stopped.kill()
        else:
            os.killpg(stopped.pid, number)  # as a terminal and a scheduler of jobs do
        _, message = stopped.communicate(timeout=300)
    assert "leaked" not in message
    assert "Traceback" not in message
    if number != signal.SIGKILL:
        assert stopped.returncode == 128 + number
        assert message.endswith("rerun the same command to continue\n")
    calls = ingest_with_features.calls
    assert 5 <= calls < 12
    resumed = read_cohort(ingest_with_features(n=12, workers=2))
    assert ingest_with_features.calls < calls + 12, "finished cases are not extracted again"
    uninterrupted = read_cohort(ingest_with_features(n=12, home=tmp_path / "other"))
    assert resumed.values[MEAN].tolist() == uninterrupted.values[MEAN].tolist()
    assert resumed.fingerprint == uninterrupted.fingerprint


KILLED = """
import sys
from pathlib import Path
from lnmbench.records import Choice
from lnmbench.registry import Registry
from lnmbench.stages.ingest import IngestOptions, ingest

class Silent:
    def __getattr__(self, name):
        return lambda *arguments, **named: None

if __name__ == "__main__":
    ingest(Choice(name="made", parameters={"n": 5}), Registry(["made.py", "intensity.py"]),
           home=Path(sys.argv[1]), workers=1, progress=Silent(),
           options=IngestOptions(extract=(Choice(name="intensity"),)))
"""


def test_a_killed_ingest_resumes_without_extracting_again(
    ingest_with_features: IngestWithFeatures, home: Path
) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(home)],
        env={**os.environ, "KILL_AT": "3"},
        check=False,
        capture_output=True,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert ingest_with_features.calls == 3
    resumed = read_cohort(ingest_with_features(n=5))
    assert ingest_with_features.calls == 5
    assert not np.isnan(resumed.values[MEAN]).any()
