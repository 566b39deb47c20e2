"""The cohort of an estimate: the ingested one, a temporary one, or a count of the images."""

from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench.choices import parse
from lnmbench.contracts import Progress
from lnmbench.registry import Registry
from lnmbench.stages.estimate.cohort_to_ingest import CohortToIngest, ImagesNotIngestedError
from lnmbench.stages.ingest import IngestOptions, ingest


def cohort(dataset: str, folder: Path, progress: Progress) -> CohortToIngest:
    return CohortToIngest(
        choice=parse(dataset),
        registry=Registry(),
        home=folder / "home",
        temporary_home=folder / "temporary",
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


def test_images_are_counted_and_not_read(tmp_path: Path, silent: Progress) -> None:
    with pytest.raises(ImagesNotIngestedError, match="20 cases, 20 with images"):
        cohort("synthetic:n=20", tmp_path, silent).find()
    assert not list(tmp_path.iterdir())
