"""Validation of cohort files: every checksum is read again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lnmbench.contracts import Progress
from lnmbench.errors import UserError, nearest
from lnmbench.store.cohort_check import Damage, check_cohort
from lnmbench.store.cohort_folder import find_stored

ALL = "all"
SUFFIXES = (".h5", ".hdf5")


def find_cohort_files(pattern: str, home: Path) -> list[Path]:
    """Return the cohort files of a pattern: `all`, a path, a name or the beginning of names.

    Raises `UserError` if no file matches.
    """
    files = find_stored(home, ".h5")
    if pattern == ALL:
        return files
    if Path(pattern).is_file():
        _refuse_other_file(Path(pattern))
        return [Path(pattern)]
    matching = [path for path in files if path.stem == pattern] or [
        path for path in files if path.stem.startswith(pattern)
    ]
    if not matching:
        then = nearest(pattern, [path.stem for path in files])
        raise UserError(f"no cohort {pattern!r}", where=str(home / "cohorts"), then=then)
    return matching


def _refuse_other_file(path: Path) -> None:
    """Raise `UserError` for a file that never was a cohort file: it must not be called damaged."""
    import h5py

    if path.suffix not in SUFFIXES and not h5py.is_hdf5(path):
        raise UserError(
            f"{path} is not a cohort file",
            expected="a file that lnmbench data ingest built (.h5)",
            then="see lnmbench data list",
        )


def validate_cohorts(files: list[Path], progress: Progress) -> Iterator[tuple[Path, Damage]]:
    """Yield each file with its damage."""
    progress.start("validate", "cohorts", len(files), "file")
    for path in files:
        yield path, check_cohort(path)
        progress.advance()
    progress.finish()
