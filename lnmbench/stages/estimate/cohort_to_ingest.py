"""The cohort of an estimate: ingested, or a temporary one from the table and some images."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lnmbench.contracts import Progress
from lnmbench.records import Choice, Cohort
from lnmbench.registry import Registry
from lnmbench.stages.estimate.estimates import IngestEstimate
from lnmbench.stages.estimate.ingest_probe import estimate_ingest
from lnmbench.stages.ingest import (
    IngestOptions,
    cohort_path,
    has_cohort_files,
    ingest_table,
    open_extraction,
    select_extractors,
)
from lnmbench.store.cohort_file import read_cohort
from lnmbench.store.cohort_opening import is_of_older_format
from lnmbench.text import plural


@dataclass(slots=True, kw_only=True, eq=False)
class CohortToIngest:
    """The cohort that a run would use or ingest.

    `temporary_folder` is an empty folder: the table of a cohort that is not ingested is stored
    there, for the estimate alone. `ingest` is the estimate of ingesting its images, after `find`.
    """

    choice: Choice
    registry: Registry
    home: Path
    temporary_folder: Path
    workers: int
    progress: Progress
    options: IngestOptions
    ingest: IngestEstimate | None = field(default=None, init=False)

    def find(self) -> Path:
        """Return the cohort file, or a temporary one without images.

        Raises
        ------
        UserError
            For a data set that cannot be read.
        """
        selection = self.registry.datasets.select(self.choice)
        dataset = selection.build()
        if has_cohort_files(selection.bound.name, self.home):  # else no checksums are needed
            path = cohort_path(
                selection.bound,
                dataset,
                self.registry,
                home=self.home,
                workers=self.workers,
                progress=self.progress,
                options=self.options,
            )
            if path.is_file() and not is_of_older_format(path):
                return path
        cases = list(dataset.cases())
        with_images = any(case.volume is not None for case in cases)
        verb = "and some of its images are" if with_images else "is"
        self.progress.say(
            f"the data set {self.choice.name} is not ingested: its table of"
            f" {plural(len(cases), 'case')} {verb} read for the estimate, and not kept"
        )
        path = self.temporary_folder / "table.h5"
        ingest_table(
            self.choice,
            self.registry,
            dataset,
            path,
            progress=_Silent(),
            options=self.options,
        )
        if with_images:
            extractors = select_extractors(self.options.extract, self.registry)
            with open_extraction(
                extractors, self.registry, folder=None, workers=self.workers
            ) as extraction:
                self.ingest = estimate_ingest(
                    cases,
                    self.options,
                    folder=self.temporary_folder / "images",
                    workers=self.workers,
                    are_files=bool(dataset.sources),
                    extraction=extraction,
                )
        return path

    def read(self, path: Path) -> Cohort:
        """Return the cohort of a file that `find` returned, with the slices of the estimate.

        Tumor masks that are not ingested are triangles: a probe needs their shape alone.
        """
        cohort = read_cohort(path)
        if self.ingest is None:
            return cohort
        offsets = np.concatenate([[0], np.cumsum(self.ingest.slices)])
        masks = _Triangles(np.diff(offsets), cohort.preprocessing.patch)
        return replace(cohort, offsets=offsets, read_masks=masks, is_estimate=True)


class _Triangles:
    """Tumor masks of cases with so many slices: triangles of several sizes."""

    def __init__(self, counts: NDArray[np.int64], patch: int) -> None:
        self._counts, self._patch = counts, patch

    def __call__(self, case: int) -> NDArray[np.uint8]:
        masks = np.zeros((int(self._counts[case]), self._patch, self._patch), np.uint8)
        side = self._patch // 4 + case % max(1, self._patch // 4)
        masks[:, :side, :side] = np.tri(side, dtype=np.uint8)
        return masks


class _Silent:
    """A display that shows nothing: its lines would name temporary files."""

    def say(self, line: str) -> None:
        """Show nothing."""

    def start(self, stage: str, subject: str, total: int, unit: str) -> None:
        """Show nothing."""

    def advance(self, steps: int = 1) -> None:
        """Show nothing."""

    def finish(self) -> None:
        """Show nothing."""
