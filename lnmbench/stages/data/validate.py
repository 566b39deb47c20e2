"""validate: every checksum of the cohort files at home is read again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lnmbench.contracts import Progress
from lnmbench.errors import UserError, nearest
from lnmbench.store.cohort_check import Damage, check_cohort

ALL = "all"


def cohort_files(asked: str, home: Path) -> list[Path]:
    """Return the cohort files that a word asks for: all, a path, a name, or how names begin.

    Raises `UserError` where nothing is meant by it.
    """
    there = sorted((home / "cohorts").glob("*.h5"))
    if asked == ALL:
        return there
    if Path(asked).is_file():
        return [Path(asked)]
    found = [path for path in there if path.stem == asked] or [
        path for path in there if path.stem.startswith(asked)
    ]
    if not found:
        then = nearest(asked, [path.stem for path in there])
        raise UserError(f"no cohort {asked!r}", where=str(home / "cohorts"), then=then)
    return found


def validate(files: list[Path], progress: Progress) -> Iterator[tuple[Path, Damage]]:
    """Yield what is damaged in each file."""
    progress.start("validate", "cohorts", len(files), "files")
    for path in files:
        yield path, check_cohort(path)
        progress.advance()
    progress.finish()
