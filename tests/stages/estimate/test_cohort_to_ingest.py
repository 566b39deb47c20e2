"""The cohort of an estimate: the ingested one, or a temporary one from table and some images."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lnmbench.choices import parse
from lnmbench.contracts import Progress
from lnmbench.registry import Registry
from lnmbench.stages.estimate import ingest_probe
from lnmbench.stages.estimate.cohort_to_ingest import CohortToIngest
from lnmbench.stages.ingest import IngestOptions, ingest
from lnmbench.store.cohort_file import read_cohort


def cohort(dataset: str, folder: Path, progress: Progress) -> CohortToIngest:
    return CohortToIngest(
        choice=parse(dataset),
        registry=Registry(),
        home=folder / "home",
        temporary_folder=folder / "temporary",
        workers=1,
        progress=progress,
        options=IngestOptions(),
    )


def test_an_ingested_cohort_is_used(tmp_path: Path, silent: Progress) -> None:
    ingested = cohort("synthetic:n=20,images=false", tmp_path, silent)
    temporary = ingested.find()
    assert temporary.is_relative_to(tmp_path / "temporary")
    assert not (tmp_path / "home").exists()
    kept = ingest(
        ingested.choice, ingested.registry, home=ingested.home, workers=1, progress=silent
    )
    assert ingested.find() == kept


def test_some_images_stand_for_all(
    tmp_path: Path, silent: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest_probe, "_ENOUGH_SECONDS", float("inf"))
    estimated = cohort("synthetic:n=12", tmp_path, silent)
    temporary = estimated.read(estimated.find())
    assert not (tmp_path / "home").exists()
    assert estimated.ingest is not None
    assert estimated.ingest.sampled == 12
    assert estimated.ingest.slices == tuple(np.diff(temporary.offsets))
    assert (len(temporary), temporary.has_images) == (12, True)
    assert temporary.read_masks is not None
    masks = [temporary.read_masks(case) for case in range(12)]
    assert [len(mask) for mask in masks] == list(np.diff(temporary.offsets))
    assert all(0 < mask.mean() < 0.25 for mask in masks)
    kept = ingest(
        estimated.choice, estimated.registry, home=estimated.home, workers=1, progress=silent
    )
    whole = read_cohort(kept)
    assert temporary.ids == whole.ids
    assert temporary.offsets[-1] == pytest.approx(whole.offsets[-1], rel=0.2)
    assert estimated.find() == kept
