"""Fetches a file: goes on where it was, tries again, and keeps nothing that was not checked.

What has come stands beside the file as `NAME.part`. The checksum of the whole file is known before
it is fetched, so that no validator of the server (ETag, date) is needed to go on with a part: what
does not belong together shows when it is whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from lnmbench.contracts import Progress
from lnmbench.errors import UserError, reading
from lnmbench.records import RemoteFile
from lnmbench.store.atomic import writing
from lnmbench.store.web import Lost, Reply, asking

BLOCK = 1 << 18
PAUSES_S = (1.0, 2.0, 4.0, 8.0)
"""Seconds before each further try; they begin anew when a try brought bytes."""


def fetch(
    file: RemoteFile, folder: Path, *, progress: Progress, sleep: Callable[[float], None]
) -> Path:
    """Return the path of the file below `folder`, fetched unless it is there already.

    `sleep` waits for the seconds that it is given. Stopped at any point, the next call goes on
    with the part that is there. Raises `UserError` where the server refuses or cannot be reached,
    where the content is not the one expected (it is not kept), where other content stands under
    the name (it is not touched), and where there is no space.
    """
    target = folder / file.name
    if target.exists():
        _require_right(file, target)
        progress.say(f"{target}: is there already")
        return target
    part = target.with_name(f"{target.name}.part")
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    began_anew = not part.exists()
    _Transfer(file, part, target, progress, sleep).complete()
    if not began_anew and not _is_right(file, part):
        progress.say(f"{file.name}: the part that was here was damaged; fetched from the start")
        part.unlink()
        _Transfer(file, part, target, progress, sleep).complete()
    if not _is_right(file, part):
        part.unlink()
        sha256 = f"the sha256 {file.sha256[:16]}…"
        raise _other_content(file, sha256, "another", _by_hand(target))
    with writing(target):
        part.replace(target)
    return target


class _Transfer:
    """Fills the part of one file."""

    def __init__(
        self,
        file: RemoteFile,
        part: Path,
        target: Path,
        progress: Progress,
        sleep: Callable[[float], None],
    ) -> None:
        self._file, self._part, self._target = file, part, target
        self._progress, self._sleep = progress, sleep
        self._told = 0

    def complete(self) -> None:
        """Fetch what is lacking, trying again as long as that may help."""
        self._progress.start("download", self._file.name, _kilobytes(self._file.bytes), "kB")
        self._tell(self._done())
        pauses = iter(PAUSES_S)
        while (done := self._done()) < self._file.bytes:
            try:
                self._receive(done)
            except Lost as lost:
                if self._done() > done:
                    pauses = iter(PAUSES_S)
                self._wait(lost, next(pauses, None))
        self._progress.finish()

    def _receive(self, done: int) -> None:
        with asking(self._file.url, done, then=_by_hand(self._target)) as reply:
            self._check_size(reply.total)
            if reply.start not in (0, done):
                raise Lost(f"the server sends from byte {reply.start}, asked from {done}")
            if done and not reply.start:
                self._progress.say(f"{self._file.name}: the server sends it from the start")
            self._write(reply)

    def _write(self, reply: Reply) -> None:
        done = reply.start
        with writing(self._target), self._part.open("ab" if done else "wb") as stream:
            while block := reply.read(BLOCK):
                done += len(block)
                self._check_size(max(done, self._file.bytes))
                stream.write(block)
                self._tell(done)
        if done < self._file.bytes:
            raise Lost(f"the connection ended after {done} of {self._file.bytes} bytes")

    def _check_size(self, total: int | None) -> None:
        if total is not None and total != self._file.bytes:
            self._part.unlink(missing_ok=True)
            then = _by_hand(self._target)
            size = f"{self._file.bytes} bytes"
            raise _other_content(self._file, size, f"{total} bytes", then)

    def _wait(self, lost: Lost, pause_s: float | None) -> None:
        if pause_s is None:
            raise UserError(
                f"{self._file.name} cannot be fetched",
                where=self._file.url,
                got=f"{lost}, {len(PAUSES_S) + 1} times",
                then="the same command goes on from there, later",
            ) from lost
        seconds = max(pause_s, lost.wait_s)
        self._progress.say(f"{self._file.name}: {lost}; trying again in {seconds:g} s")
        self._sleep(seconds)

    def _done(self) -> int:
        """Bytes that are here; a part longer than the file is none of it."""
        size = self._part.stat().st_size if self._part.exists() else 0
        return size if size <= self._file.bytes else 0

    def _tell(self, done: int) -> None:
        """Move the display on; it does not go back when the server starts over."""
        now = _kilobytes(done)
        if now > self._told:
            self._progress.advance(now - self._told)
            self._told = now


def _require_right(file: RemoteFile, target: Path) -> None:
    if not target.is_file() or not _is_right(file, target):
        raise UserError(
            "something else is there under the name of a file to download",
            where=str(target),
            expected=f"a file with the sha256 {file.sha256[:16]}…",
            then="move it away, or choose another folder with --to",
        )


def _is_right(file: RemoteFile, path: Path) -> bool:
    with reading(path), path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == file.sha256


def _other_content(file: RemoteFile, expected: str, got: str, then: str) -> UserError:
    return UserError(
        f"{file.name} has changed on the server, or on its way, and is not kept",
        where=file.url,
        expected=expected,
        got=got,
        then=then,
    )


def _by_hand(target: Path) -> str:
    return f"get it by hand and put it at {target}"


def _kilobytes(size: int) -> int:
    return -(-size // 1000)
