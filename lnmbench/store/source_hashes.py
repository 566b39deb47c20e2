"""Content hashes of a cohort's source files.

Up to 64 MiB in total are read each time. A larger cohort (thousands of DICOM files) is read once:
its hashes are cached in `home`, and a file is read again when its size, one of its times or its
inode changes. Paths are stored as hashes, because they may contain names of patients.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from lnmbench.contracts import Progress
from lnmbench.errors import UserError
from lnmbench.store.atomic import make_private_folder

FILE = "sources.sqlite"
READ_EACH_TIME = 64 * 2**20
SETTLED_NS = 3 * 10**9
"""A file that changed within this time might change again without a change of its times."""


def hash_sources(
    files: Sequence[Path], *, home: Path, workers: int, progress: Progress | None = None
) -> list[str]:
    """Return the SHA-256 of each file's content.

    Parameters
    ----------
    files
        Source files.
    home
        Folder of the cache.
    workers
        Number of threads.
    progress
        Display for large cohorts.

    Raises
    ------
    UserError
        If a file cannot be read.
    """
    states = [_read_state(path) for path in files]
    small = sum(size for _, size in states) <= READ_EACH_TIME
    known = {} if small else _read_cache(home / FILE)
    path_hashes = [hashlib.sha256(str(path.resolve()).encode()).hexdigest() for path in files]

    def content(number: int) -> str:
        cached = known.get(path_hashes[number])
        if cached and cached[0] == states[number][0]:
            return cached[1]
        return _hash_content(files[number])

    now = time.time_ns()
    shown = None if small else progress
    if shown:
        shown.start("ingest", "checksums of the sources", len(files), "file")
    hashes = []
    with ThreadPoolExecutor(workers) as pool:
        for digest in pool.map(content, range(len(files))):
            hashes.append(digest)
            if shown:
                shown.advance()
    if shown:
        shown.finish()
    if not small:
        rows = zip(path_hashes, states, hashes, files, strict=True)
        _write_cache(
            home / FILE,
            [
                (path, state, digest)
                for path, (state, _), digest, file in rows
                if _is_settled(file, now) and known.get(path) != (state, digest)
            ],
        )
    return hashes


def _read_state(path: Path) -> tuple[str, int]:
    with _reading_source(path):
        status = path.stat()
    numbers = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    return ",".join(map(str, numbers)), status.st_size


def _is_settled(path: Path, now_ns: int) -> bool:
    status = path.stat()
    return now_ns - max(status.st_mtime_ns, status.st_ctime_ns) > SETTLED_NS


def _hash_content(path: Path) -> str:
    with _reading_source(path), path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def _reading_source(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UserError(
            "cannot read a source file of the data set",
            where=str(path),
            got=error.strerror or "",
        ) from error


def _read_cache(path: Path) -> dict[str, tuple[str, str]]:
    if not path.is_file():
        return {}
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT place, state, sha256, checksum FROM hashes")
        # a damaged row is as one that is not there: the file is read again
        return {
            place: (state, digest)
            for place, state, digest, checksum in rows
            if checksum == _checksum(place, state, digest)
        }
    return {}


def _checksum(*texts: object) -> int:
    return zlib.crc32("\x00".join(map(str, texts)).encode("utf-8", "replace"))


def _write_cache(path: Path, rows: Sequence[tuple[str, str, str]]) -> None:
    """Store hashes; if that fails, the files are read again next time."""
    if not rows:
        return
    with suppress(sqlite3.Error, OSError):
        make_private_folder(path.parent)
        with closing(sqlite3.connect(path)) as db, db:
            db.execute(
                "CREATE TABLE IF NOT EXISTS hashes"
                " (place TEXT PRIMARY KEY, state TEXT, sha256 TEXT, checksum INTEGER)"
            )
            db.executemany(
                "INSERT OR REPLACE INTO hashes VALUES (?, ?, ?, ?)",
                [(*row, _checksum(*row)) for row in rows],
            )
