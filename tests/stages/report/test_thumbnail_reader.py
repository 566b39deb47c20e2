"""Thumbnails of a run's cases: the right images, no ids, errors of the cohort file."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from lnmbench import UserError
from lnmbench.config import read_benchmark
from lnmbench.contracts import Progress
from lnmbench.imaging.pictures import CONTOUR
from lnmbench.records import Choice, Gallery, Page, Preprocessing, Results, RunFolders
from lnmbench.registry import Registry
from lnmbench.rendering import PAGE_FORMATS, render_page, write_figures
from lnmbench.stages.case_thumbnail import SIDE
from lnmbench.stages.ingest import IngestOptions
from lnmbench.stages.report import build_page, build_page_with_thumbnails
from lnmbench.stages.report.merge_runs import read_runs
from lnmbench.stages.report.thumbnail_reader import open_thumbnails
from lnmbench.stages.run import run

PLUGIN = '''
import numpy as np
import SimpleITK as sitk
from lnmbench import Card, Case, Column, Volume, hookimpl

def volume(number):
    """Return a sphere of -600 + 20 x number HU in lung, with a chest wall."""
    z, y, x = np.mgrid[:9, :64, :64]
    mask = (((z - 4) * 7) ** 2 + (y - 32) ** 2 + (x - 32) ** 2 < 15**2).astype(np.uint8)
    hu = np.where(mask, -600.0 + 20 * number, np.where(y > 50, 40.0, -850.0)).astype(np.float32)
    images = [sitk.GetImageFromArray(array) for array in (hu, mask)]
    for image in images:
        image.SetSpacing((0.7, 0.7, 5.0))
    return Volume(image=images[0], mask=images[1])

class Hostile:
    """Cases whose ids are names and markup; the age of some is misleading, two have no label."""

    columns = (
        Column(name="who", role="id"),
        Column(name="age", role="feature", unit="a"),
        Column(name="n1", role="target", kind="binary", label="n1", categories=("0", "1")),
    )
    card = Card(title="hostile", license="none", source="here", citation="none", labels="x")
    sources = ()
    notes = ()

    def __init__(self, images: bool = True) -> None:
        self.images = images

    def cases(self):
        for number in range(30):
            label = None if number in (0, 7) else str(number % 2)
            age = 50 + number % 2 * 20 + number / 10
            values = {"age": 120 - age if number % 7 == 5 else age, "n1": label}
            name = f"<b>Doe^John</b> ../{number}"
            image = (lambda number=number: volume(number)) if self.images else None
            yield Case(id=name, values={"who": name, **values}, volume=image)

@hookimpl
def register_datasets():
    return {"hostile": Hostile}
'''
NUMBERS = {4: 5, 17: 19}
"""Position in the cohort of each difficult case, by its number in the ledger."""


class Runs:
    """Runs over the data set `hostile` in one home."""

    def __init__(self, folder: Path, progress: Progress) -> None:
        self.home, self._progress = folder / "home", progress
        path = folder / "hostile.py"
        path.write_text(PLUGIN, encoding="utf-8")
        self.registry = Registry([str(path)])
        self._folder = folder

    def __call__(
        self,
        name: str,
        *,
        dataset: str = "hostile",
        baseline: list[str],
        preprocessing: Preprocessing | None = None,
    ) -> Path:
        methods = {"baseline": baseline, "only": True, "encoder": None}
        folding = {"target": "n1", "repeats": 2, "folds": 3, "inner": 2}
        return run(
            read_benchmark(None, {"dataset": dataset} | methods | folding),
            self.registry,
            folders=RunFolders(home=self.home, out=self._folder / name),
            executor=Choice(name="inline"),
            workers=1,
            plugins=(),
            progress=self._progress,
            ingest_options=IngestOptions(preprocessing=preprocessing or Preprocessing()),
        )


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, silent: Progress) -> Runs:
    return Runs(tmp_path_factory.mktemp("thumbnails"), silent)


@pytest.fixture(scope="module")
def folders(runs: Runs) -> list[Path]:
    return [runs(name, baseline=[name]) for name in ("logistic", "firth")]


@pytest.fixture(scope="module")
def results(runs: Runs, folders: list[Path]) -> Results:
    """The results of two runs, merged."""
    (results,) = read_runs(folders, runs.registry)
    return results


@pytest.fixture(scope="module")
def page(runs: Runs, results: Results) -> Page:
    return build_page_with_thumbnails(results, runs.registry, runs.home)


def decode(text: str) -> list[NDArray[np.uint8]]:
    """Return the images of an HTML page, (rows, columns, 3) each."""
    contents = re.findall(r'<img src="data:image/png;base64,([^"]+)"', text)
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(c)))) for c in contents]


def test_a_page_shows_the_slice_and_the_outline_of_each_difficult_case(page: Page) -> None:
    text = render_page(page, "html")
    captions = re.findall(r"<figcaption>Case (\d+), positive, mean prediction \.\d\d</", text)
    assert sorted(map(int, captions)) == list(NUMBERS)
    for number, pixels in zip(captions, decode(text), strict=True):
        gray = round((-600 + 20 * NUMBERS[int(number)] + 1000) / 1400 * 255)
        center = pixels.shape[0] // 2
        assert pixels[center, center].tolist() == [gray] * 3
        rows, columns = np.nonzero((pixels == CONTOUR).all(axis=-1))
        sides = [int(np.ptp(rows)), int(np.ptp(columns))]
        assert max(sides) - min(sides) <= 2
        # the sphere's middle slice is 29 pixels wide; the outline is one pixel outside
        assert sides[0] == pytest.approx(29 * SIDE / Preprocessing().patch + 1, abs=1)


def test_no_id_is_in_a_page_or_a_file_name(page: Page, tmp_path: Path) -> None:
    for format in PAGE_FORMATS:
        assert "Doe" not in render_page(page, format)
    files = write_figures(page, tmp_path / "figures")
    names = [path.name for path in files if path.suffix == ".png"]
    assert names == ["difficult_case_images-1.png", "difficult_case_images-2.png"]
    assert all(b"Doe" not in path.read_bytes() for path in files)
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)


def test_a_page_has_no_image_unless_asked_for(runs: Runs, results: Results, tmp_path: Path) -> None:
    page = build_page(results, runs.registry)
    assert not any(isinstance(block, Gallery) for block in page.blocks)
    assert decode(render_page(page, "html")) == []
    assert "image/png" not in "".join(render_page(page, format) for format in PAGE_FORMATS)
    assert all(path.suffix != ".png" for path in write_figures(page, tmp_path / "figures"))


def test_only_the_cases_that_are_shown_are_read(
    runs: Runs, results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lnmbench.stages.report import thumbnail_reader

    read: list[int] = []
    original = thumbnail_reader.read_thumbnail

    def record(cohort: object, path: object, case: int) -> object:
        read.append(case)
        return original(cohort, path, case)  # type: ignore[arg-type]

    monkeypatch.setattr(thumbnail_reader, "read_thumbnail", record)
    build_page_with_thumbnails(results, runs.registry, runs.home)
    assert sorted(read) == sorted(NUMBERS.values())


def test_a_damaged_image_is_an_error_of_the_file(runs: Runs, results: Results) -> None:
    (path,) = (runs.home / "cohorts").glob("*.h5")
    whole = path.read_bytes()
    try:
        with h5py.File(path, "r+") as file:
            file["slices"][:] = file["slices"][:] + np.int16(1)
        with pytest.raises(UserError, match=r"cannot read the cohort file .*checksum mismatch"):
            build_page_with_thumbnails(results, runs.registry, runs.home)
    finally:
        path.write_bytes(whole)


def test_a_missing_cohort_file_is_an_error(runs: Runs, results: Results, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="the cohort of the run is missing or damaged"):
        build_page_with_thumbnails(results, runs.registry, tmp_path)
    other = replace(results, fingerprint="0" * 64)
    with pytest.raises(UserError, match="a cohort file with fingerprint 00000000"):
        open_thumbnails(other, runs.home)


def test_a_cohort_without_images_is_refused(runs: Runs) -> None:
    folder = runs("table", dataset="hostile:images=false", baseline=["logistic"])
    (results,) = read_runs([folder], runs.registry)
    with pytest.raises(UserError, match="the cohort of the run has no images to show"):
        open_thumbnails(results, runs.home)


def test_whole_scans_are_shown_without_an_outline(runs: Runs) -> None:
    preprocessing = Preprocessing(patch=32, region="none", slices=4)
    folder = runs("scans", baseline=["logistic", "firth"], preprocessing=preprocessing)
    (results,) = read_runs([folder], runs.registry)
    page = build_page_with_thumbnails(results, runs.registry, runs.home)
    (gallery,) = (block for block in page.blocks if isinstance(block, Gallery))
    assert "The middle slice of the scan; the cohort has no tumor regions." in gallery.notes[0]
    assert gallery.pictures
    for picture in gallery.pictures:
        assert not (picture.pixels == CONTOUR).all(axis=-1).any()
        assert "middle CT slice" in picture.alt
