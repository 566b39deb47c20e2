"""Thumbnails of the cases of a report, read from the cohort file of its run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lnmbench.errors import UserError
from lnmbench.records import WINDOW_HU, CaseThumbnails, Cohort, Results
from lnmbench.stages.case_thumbnail import read_thumbnail
from lnmbench.store.cohort_file import read_cohort
from lnmbench.store.cohort_folder import find_cohort_file
from lnmbench.store.ledger import LedgerReader


class ThumbnailReader:
    """Reader of thumbnails that remembers a damaged image.

    A section that reads a damaged image fails like any faulty section; `require_undamaged` then
    raises the error of the file, which is not the section's.

    Parameters
    ----------
    cohort
        The cohort of the run.
    cohort_file
        Its file.
    positions
        The position in the cohort of each case of the results, (n,).
    """

    def __init__(self, cohort: Cohort, cohort_file: Path, positions: NDArray[np.int64]) -> None:
        self._cohort, self._cohort_file, self._positions = cohort, cohort_file, positions
        self._damage: UserError | None = None

    @property
    def thumbnails(self) -> CaseThumbnails:
        """The thumbnails for the sections of a report."""
        outlined = self._cohort.read_masks is not None
        return CaseThumbnails(read=self._read, outlined=outlined, window_hu=WINDOW_HU)

    def require_undamaged(self) -> None:
        """Raise the `UserError` of the first damaged image that was read."""
        if self._damage is not None:
            raise self._damage

    def _read(self, case: int) -> NDArray[np.uint8] | None:
        try:
            return read_thumbnail(self._cohort, self._cohort_file, int(self._positions[case]))
        except UserError as error:
            self._damage = self._damage or error
            raise


def open_thumbnails(results: Results, home: Path) -> ThumbnailReader:
    """Return a reader of the thumbnails of a run's cases.

    Parameters
    ----------
    results
        The results of one run, or of several merged ones.
    home
        The folder of cohorts.

    Raises
    ------
    UserError
        If the cohort file is missing or damaged, or the cohort has no images.
    """
    path = find_cohort_file(home, results.fingerprint)
    cohort = read_cohort(path)
    if not np.diff(cohort.offsets).any():
        raise UserError(
            "the cohort of the run has no images to show",
            where=str(path),
            then="run lnmbench report without --thumbnails",
        )
    run = Path(results.runs[0])
    with LedgerReader.open(run) as ledger:
        ids = ledger.plan().ids
    try:
        positions = cohort.positions(ids)
    except KeyError:
        raise UserError("the run has cases that its cohort file lacks", where=str(path)) from None
    return ThumbnailReader(cohort, path, positions)
