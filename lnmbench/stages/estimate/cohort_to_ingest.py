"""The cohort of an estimate: ingested, or a temporary one from the table alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lnmbench.contracts import Progress
from lnmbench.records import Choice
from lnmbench.registry import Registry
from lnmbench.stages.ingest import IngestOptions, cohort_path, ingest
from lnmbench.store.cohort_opening import is_of_older_format
from lnmbench.text import plural


class ImagesNotIngestedError(Exception):
    """The estimate needs slices that are not ingested; the message says what a run would ingest."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CohortToIngest:
    """The cohort that a run would use or ingest.

    `temporary_home` is an empty folder: a cohort without images is ingested there, for the
    estimate alone.
    """

    choice: Choice
    registry: Registry
    home: Path
    temporary_home: Path
    workers: int
    progress: Progress
    options: IngestOptions

    def find(self) -> Path:
        """Return the cohort file, or a temporary one for a data set without images.

        Raises
        ------
        ImagesNotIngestedError
            For a data set with images that is not ingested.
        UserError
            For a data set that cannot be read.
        """
        selection = self.registry.datasets.select(self.choice)
        dataset = selection.build()
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
        with_images = sum(case.volume is not None for case in cases)
        if with_images:
            raise ImagesNotIngestedError(
                f"A run would first ingest the data set {self.choice.name}:"
                f" {plural(len(cases), 'case')}, {with_images} with images."
            )
        self.progress.say(
            f"the data set {self.choice.name} is not ingested: its table of"
            f" {plural(len(cases), 'case')} is read for the estimate, and not kept"
        )
        return ingest(
            self.choice,
            self.registry,
            home=self.temporary_home,
            workers=self.workers,
            progress=_Silent(),
            options=self.options,
        )


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
