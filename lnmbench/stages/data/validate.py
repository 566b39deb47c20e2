"""Validation of cohort files: every checksum is read again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lnmbench.contracts import Progress
from lnmbench.errors import UserError, nearest
from lnmbench.stages.data.list_cohorts import find_stored
from lnmbench.store.cohort_check import Damage, check_cohort

ALL = "all"


def find_cohort_files(pattern: str, home: Path) -> list[Path]:
    """Return the cohort files of a pattern: `all`, a path, a name or the beginning of names.

    Raises `UserError` if no file matches.
    """
    files = find_stored(home, ".h5")
    if pattern == ALL:
        return files
    if Path(pattern).is_file():
        return [Path(pattern)]
    matching = [path for path in files if path.stem == pattern] or [
        path for path in files if path.stem.startswith(pattern)
    ]
    if not matching:
        then = nearest(pattern, [path.stem for path in files])
        raise UserError(f"no cohort {pattern!r}", where=str(home / "cohorts"), then=then)
    return matching


def validate_cohorts(files: list[Path], progress: Progress) -> Iterator[tuple[Path, Damage]]:
    """Yield each file with its damage."""
    progress.start("validate", "cohorts", len(files), "file")
    for path in files:
        yield path, check_cohort(path)
        progress.advance()
    progress.finish()
