"""What is in the source files of a cohort, told by hashes.

Up to 64 MiB in all are read each time. A larger cohort (thousands of DICOM files) is read once:
its hashes are kept in `home`, and a file is read again when its size, one of its times or its
number on the disk is another than it was. Paths are kept as hashes, as they may name people.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from lnmbench.contracts import Progress
from lnmbench.errors import UserError

FILE = "sources.sqlite"
READ_EACH_TIME = 64 * 2**20
SETTLED_NS = 3 * 10**9
"""A file changed so lately might change again without its times telling."""


def hash_sources(
    files: Sequence[Path], *, home: Path, workers: int, progress: Progress | None = None
) -> list[str]:
    """Return the SHA-256 of each file's content; `progress` shows what may take long.

    Raises `UserError` where a file cannot be read.
    """
    states = [_state(path) for path in files]
    small = sum(size for _, size in states) <= READ_EACH_TIME
    known = {} if small else _known(home / FILE)
    places = [hashlib.sha256(str(path.resolve()).encode()).hexdigest() for path in files]

    def content(number: int) -> str:
        kept = known.get(places[number])
        return kept[1] if kept and kept[0] == states[number][0] else _content(files[number])

    now = time.time_ns()
    shown = None if small else progress
    if shown:
        shown.start("ingest", "checksums of the sources", len(files), "files")
    hashes = []
    with ThreadPoolExecutor(workers) as pool:
        for digest in pool.map(content, range(len(files))):
            hashes.append(digest)
            if shown:
                shown.advance()
    if shown:
        shown.finish()
    if not small:
        rows = zip(places, states, hashes, files, strict=True)
        _keep(
            home / FILE,
            [
                (p, s, h)
                for p, (s, _), h, file in rows
                if _settled(file, now) and known.get(p) != (s, h)
            ],
        )
    return hashes


def _state(path: Path) -> tuple[str, int]:
    with _reading_source(path):
        found = path.stat()
    facts = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
    return ",".join(map(str, facts)), found.st_size


def _settled(path: Path, now: int) -> bool:
    found = path.stat()
    return now - max(found.st_mtime_ns, found.st_ctime_ns) > SETTLED_NS


def _content(path: Path) -> str:
    with _reading_source(path), path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def _reading_source(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UserError(
            "a source file of the data set cannot be read",
            where=str(path),
            got=error.strerror or "",
        ) from error


def _known(path: Path) -> dict[str, tuple[str, str]]:
    if not path.is_file():
        return {}
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT place, state, sha256 FROM files")
        return {place: (state, digest) for place, state, digest in rows}
    return {}


def _keep(path: Path, rows: Sequence[tuple[str, str, str]]) -> None:
    """Keep hashes for the next time; where that fails, files are read again then."""
    if not rows:
        return
    with suppress(sqlite3.Error, OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path)) as db, db:
            db.execute(
                "CREATE TABLE IF NOT EXISTS files (place TEXT PRIMARY KEY, state TEXT, sha256 TEXT)"
            )
            db.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", rows)
