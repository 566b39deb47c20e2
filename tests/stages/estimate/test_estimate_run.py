"""Estimates of runs: they count the missing work, and write nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lnmbench.config import read_benchmark
from lnmbench.contracts import Progress
from lnmbench.errors import UserError
from lnmbench.records import Choice, RunFolders
from lnmbench.registry import Registry
from lnmbench.stages.estimate import MethodEstimate, RunEstimate, Span, estimate
from lnmbench.stages.ingest import IngestOptions
from lnmbench.stages.run import run_benchmark as stage
from lnmbench.stages.run import work
from lnmbench.store.ledger import FILE


class Estimator:
    """Runs and estimates of the same options, in a home of their own."""

    def __init__(
        self,
        home: Path,
        plugin: str,
        options: dict[str, object],
        ingest_options: IngestOptions,
        progress: Progress,
    ) -> None:
        self.home, self._plugin, self._progress = home, plugin, progress
        self._options, self._ingest_options = options, ingest_options

    def _with(self, options: dict[str, object]) -> dict[str, object]:
        folders = options.pop("folders", RunFolders(home=self.home))
        return {
            "benchmark": read_benchmark(None, {**self._options, **options}),
            "registry": Registry([self._plugin]),
            "folders": folders,
            "executor": Choice(name="inline"),
            "workers": 1,
            "progress": self._progress,
            "ingest_options": self._ingest_options,
        }

    def run(self, **options: object) -> Path:
        return stage.run(**self._with(options), plugins=(self._plugin,))  # type: ignore[arg-type]

    def estimate(self, **options: object) -> RunEstimate:
        return estimate(**self._with(options))  # type: ignore[arg-type]


@pytest.fixture
def asked(
    home: Path,
    ingested: Path,
    sliced_plugin: str,
    sliced_options: dict[str, object],
    small_images: IngestOptions,
    silent: Progress,
) -> Estimator:
    shutil.copytree(ingested, home)
    return Estimator(home, sliced_plugin, sliced_options, small_images, silent)


def everything(*folders: Path) -> dict[Path, bytes]:
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in files if path.suffix != ".pyc"}


def counts(method: MethodEstimate) -> tuple[str, int, int, int, int]:
    return method.label, method.units, method.units_all, method.fits, method.candidates


def test_a_new_run_has_all_to_do_and_nothing_is_written(asked: Estimator) -> None:
    before = everything(asked.home, Path())
    expected = asked.estimate()
    assert everything(asked.home, Path()) == before
    assert not Path("runs").exists()
    aux, plain, baseline = expected.methods
    assert counts(aux) == ("sliced + pt", 6, 6, 12, 1)
    assert counts(plain) == ("sliced", 6, 6, 12, 1)
    assert baseline.fits == 12 * baseline.candidates > 12
    assert aux.slices > 24
    assert plain.slices == 0, "the method before it fills the cache"
    assert all(0 < method.seconds.low <= method.seconds.high for method in expected.methods)
    assert all(method.disk > 0 for method in expected.methods)


def test_what_is_done_is_not_done_again(asked: Estimator, monkeypatch: pytest.MonkeyPatch) -> None:
    execute, calls = work.execute, []

    def stopped(chunk: object) -> object:
        calls.append(chunk)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return execute(chunk)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(work, "execute", stopped)
        with pytest.raises(KeyboardInterrupt):
            asked.run()
    half = asked.estimate()
    assert [method.units for method in half.methods] == [3, 6, 6]
    assert [method.slices for method in half.methods] == [0, 0, 0]
    assert "slices" not in half.basis[0]

    asked.run()
    whole = asked.estimate()
    assert [(m.units, m.units_all) for m in whole.methods] == [
        (0, 6),
        (0, 6),
        (0, 6),
    ]
    assert whole.seconds == Span()
    assert whole.disk == 0
    assert whole.basis == ("The ledger is complete: nothing is left to do.",)
    other = asked.estimate(training={"max_epochs": 3})
    assert [method.units for method in other.methods] == [6, 6, 0]


def test_the_search_counts(asked: Estimator) -> None:
    network = asked.estimate(tune=5, only=True).methods[0]
    assert (network.fits, network.candidates) == (60, 5)


@pytest.mark.parametrize("train", ["none", "body", "all"])
def test_the_disk_holds_what_is_expected(asked: Estimator, train: str) -> None:
    options = {
        "encoder": (f"sliced:train={train}",),
        "training": {"max_epochs": 2, "augment": "flip", "views": 3},
        "only": True,
    }
    expected = asked.estimate(**options)
    folder = asked.run(**options)
    (features,) = (asked.home / "features").glob("sliced-*.h5")
    kept = features.stat().st_size + (folder / FILE).stat().st_size
    assert kept / 2 < expected.disk < 2 * kept
    assert any("factor of two" in line for line in expected.basis) == (train != "none")


def test_images_that_are_not_ingested_are_extrapolated_from_some(asked: Estimator) -> None:
    before = everything(asked.home)
    expected = asked.estimate(dataset="synthetic:n=25")
    assert everything(asked.home) == before
    assert expected.folder is None, "its name depends on the images"
    assert expected.ingest is not None
    highs = [expected.ingest.seconds.high, *(each.seconds.high for each in expected.methods)]
    assert expected.seconds.high == pytest.approx(sum(highs))
    assert expected.disk > expected.ingest.disk > 0
    assert expected.methods[0].slices == sum(expected.ingest.slices) > 25
    assert "all 25 cases with images can be used" in expected.basis[0]


def test_a_folder_of_another_plan_is_refused(asked: Estimator) -> None:
    folder = asked.run(encoder=("none",), only=True)
    folders = RunFolders(home=asked.home, out=folder)
    with pytest.raises(UserError, match=r"another protocol.*choose another with --out"):
        asked.estimate(folders=folders, seed=1)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"encoder": ("slised",)}, "did you mean sliced"),
        ({"encoder": ("sliced:train=bodi",)}, "body"),
        ({"folds": 20}, "too few"),
    ],
)
def test_what_cannot_be_run_cannot_be_estimated(
    asked: Estimator, wrong: dict[str, object], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        asked.estimate(**wrong)
