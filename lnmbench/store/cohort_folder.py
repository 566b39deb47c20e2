"""Cohort files of a home folder: all of them, and the one of a fingerprint."""

from __future__ import annotations

import os
from pathlib import Path

from lnmbench.errors import UserError, reading
from lnmbench.store.cohort_opening import open_cohort
from lnmbench.store.hdf5_checks import read_text_attribute


def find_stored(home: Path, suffix: str) -> list[Path]:
    """Return the cohorts' files or folders of a suffix, by name; none without a home.

    Raises `UserError` if the home is a file or a broken link, or cannot be read.
    """
    folder = home / "cohorts"
    with reading(folder):
        try:
            paths = list(folder.iterdir())
        except FileNotFoundError:
            if os.path.lexists(home) and not home.is_dir():
                raise
            return []
    return sorted(path for path in paths if path.suffix == suffix)


def find_cohort_file(home: Path, fingerprint: str) -> Path:
    """Return the cohort file of a fingerprint.

    Parameters
    ----------
    home
        The folder whose subfolder `cohorts` has the files.
    fingerprint
        The fingerprint of the cohort.

    Raises
    ------
    UserError
        If no readable file has the fingerprint.
    """
    for path in find_stored(home, ".h5"):
        try:
            with open_cohort(path) as file:
                if read_text_attribute(file, "fingerprint") == fingerprint:
                    return path
        except UserError:  # a damaged file of this or another cohort: lnmbench data list names it
            continue
    raise UserError(
        "the cohort of the run is missing or damaged",
        where=str(home / "cohorts"),
        expected=f"a cohort file with fingerprint {fingerprint[:8]}",
        then="see lnmbench data list, or run lnmbench data ingest as for the run",
    )
