"""Time, disk space and slices of an ingest, from some of its cases."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lnmbench import Case, Volume
from lnmbench.errors import UserError
from lnmbench.records import Preprocessing
from lnmbench.registry import Registry
from lnmbench.stages.estimate import IngestEstimate, ingest_probe
from lnmbench.stages.estimate.ingest_probe import estimate_ingest
from lnmbench.stages.ingest import IngestOptions
from lnmbench.stages.ingest.feature_extraction import ExtractedFeatures

OPTIONS = IngestOptions(preprocessing=Preprocessing(spacing_mm=(2.0, 2.0, 5.0), patch=32))


@pytest.fixture(scope="module")
def phantoms() -> list[Case]:
    dataset = Registry().datasets.offer("synthetic").factory(n=6)
    return list(dataset.cases())


@pytest.fixture(autouse=True)
def no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read all cases, however long a busy machine takes."""
    monkeypatch.setattr(ingest_probe, "_ENOUGH_SECONDS", float("inf"))


def refuse() -> None:
    raise UserError("the CT is missing")


def estimate(cases: Sequence[Case], folder: Path) -> IngestEstimate:
    return estimate_ingest(cases, OPTIONS, folder=folder / "i", workers=2, are_files=True)


def test_cases_without_images_have_no_slices(phantoms: list[Case], tmp_path: Path) -> None:
    cases = [*phantoms, Case(id="a", values={}), Case(id="b", values={}, volume=refuse)]
    expected = estimate(cases, tmp_path)
    assert (expected.with_images, expected.sampled, expected.unusable) == (7, 7, 1)
    assert all(expected.slices[:6])
    assert expected.slices[6] == 0
    assert expected.slices[7] > 0, "it is assumed to be usable"
    assert expected.disk == sum(expected.slices) * 32 * 32 * 2
    assert 0 < expected.seconds.low <= expected.seconds.high
    text = expected.describe("x")
    assert "images of 7 random cases were read, of which 1 cannot be used" in text
    assert "all 7 cases with images can be used" in text
    assert not list(tmp_path.iterdir()), "prepared images are removed"


def test_a_sample_that_takes_long_is_extrapolated(
    phantoms: list[Case], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest_probe, "_ENOUGH_SECONDS", 0.0)
    monkeypatch.setattr(ingest_probe, "measure_seconds", lambda call, *_, **__: (call(), 8.0)[1])
    expected = estimate(phantoms * 10, tmp_path)
    assert expected.sampled == 2
    assert expected.seconds.low == pytest.approx(8.0 / 2 * 60)
    assert ingest_probe._extrapolate([8.0, 3.0], [2, 2], 60) == pytest.approx(5.0 + 1.5 * 60)


def test_extraction_in_other_processes_counts_by_the_clock(
    phantoms: list[Case], tmp_path: Path
) -> None:
    class Waiting:
        def extract(self, volume: Volume, *, where: str) -> ExtractedFeatures:
            time.sleep(0.1)
            return ExtractedFeatures(values=np.zeros(3))

    extraction: Any = Waiting()
    expected = estimate_ingest(
        phantoms,
        OPTIONS,
        folder=tmp_path / "i",
        workers=2,
        are_files=False,
        extraction=extraction,
    )
    assert expected.seconds.high >= 0.1 * len(phantoms) / 2


def test_native_boxes_take_space(phantoms: list[Case], tmp_path: Path) -> None:
    plain = estimate(phantoms, tmp_path)
    native = replace(OPTIONS, preprocessing=replace(OPTIONS.preprocessing, native_mm=40.0))
    boxes = estimate_ingest(phantoms, native, folder=tmp_path / "i", workers=2, are_files=True)
    of_case = (boxes.disk - plain.disk) / len(phantoms)
    assert 1e5 < of_case < 1e6  # 114 × 114 pixels and some dozen slices, compressed


def test_strict_refuses_a_sampled_case(phantoms: list[Case], tmp_path: Path) -> None:
    strict = replace(OPTIONS, strict=True)
    cases = [*phantoms[:2], Case(id="b", values={}, volume=refuse)]
    with pytest.raises(UserError, match="case 'b': the CT is missing"):
        estimate_ingest(cases, strict, folder=tmp_path, workers=4, are_files=True)


def test_no_usable_image_is_one_line(tmp_path: Path) -> None:
    cases = [Case(id=str(number), values={}, volume=refuse) for number in range(3)]
    with pytest.raises(UserError, match="none of 3 sampled cases can be used.*the CT is missing"):
        estimate(cases, tmp_path)
