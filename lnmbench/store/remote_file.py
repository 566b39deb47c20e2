"""Resumable download of a file, with retries and a checksum.

Received bytes are stored next to the file as `NAME.part`. The checksum of the file is known before
the download, so resuming needs no validator of the server (ETag, date): a mismatch shows in the
checksum of the complete file.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from lnmbench.contracts import Progress
from lnmbench.errors import UserError, reading
from lnmbench.records import RemoteFile
from lnmbench.store.file_errors import writing
from lnmbench.web import Reply, TransientError, request_file

BLOCK = 1 << 18
PAUSES_S = (1.0, 2.0, 4.0, 8.0)
"""Seconds before each retry."""

LEAST_SHARE = 0.01
"""Share of a file that a try receives so that the retries are counted from the start."""


def fetch(
    file: RemoteFile, folder: Path, *, progress: Progress, sleep: Callable[[float], None]
) -> Path:
    """Return the path of the file below `folder`; download it unless it exists.

    After an interruption, the next call resumes the download.

    Parameters
    ----------
    file
        Address, name, size and checksum of the file.
    folder
        Folder of the download.
    progress
        Display of the download.
    sleep
        Function that waits for a number of seconds.

    Raises
    ------
    UserError
        If the server refuses or cannot be reached, the content differs from the expected one (it is
        deleted), a file of this name has other content (it is not changed), or no space is left.
    """
    target = folder / file.name
    if target.exists():
        _require_checksum(file, target)
        progress.say(f"{target}: already downloaded")
        return target
    part = target.with_name(f"{target.name}.part")
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    began_anew = not _is_own_file(part)
    _Transfer(file, part, target, progress, sleep).complete()
    if not began_anew and not _has_checksum(file, part):
        progress.say(f"{file.name}: the partial download is damaged; downloading it again")
        part.unlink()
        _Transfer(file, part, target, progress, sleep).complete()
    if not _has_checksum(file, part):
        part.unlink()
        sha256 = f"the sha256 {file.sha256[:16]}…"
        raise _content_error(file, sha256, "a different one", _advise_manual_download(target))
    with writing(target):
        part.replace(target)
    return target


class _Transfer:
    """Transfer of one file into its part."""

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
        self._kilobytes_shown = 0

    def complete(self) -> None:
        """Download the missing bytes, with retries."""
        self._progress.start("download", self._file.name, _kilobytes(self._file.bytes), "kilobyte")
        self._advance_display(self._count_received())
        pauses = iter(PAUSES_S)
        while (done := self._count_received()) < self._file.bytes:
            try:
                self._receive(done)
            except TransientError as error:
                if self._count_received() - done > LEAST_SHARE * self._file.bytes:
                    pauses = iter(PAUSES_S)
                self._wait(error, next(pauses, None))
        self._progress.finish()

    def _receive(self, done: int) -> None:
        with request_file(
            self._file.url, done, then=_advise_manual_download(self._target)
        ) as reply:
            self._check_size(reply.total)
            if reply.start not in (0, done):
                raise TransientError(
                    f"the server sends from byte {reply.start}, requested from byte {done}"
                )
            if done and not reply.start:
                self._progress.say(f"{self._file.name}: the server restarts from byte 0")
            self._write(reply)

    def _write(self, reply: Reply) -> None:
        done = reply.start
        with writing(self._target), self._open_part(new=not done) as stream:
            while block := reply.read(BLOCK):
                done += len(block)
                self._check_size(max(done, self._file.bytes))
                stream.write(block)
                self._advance_display(done)
        if done < self._file.bytes:
            raise TransientError(f"the connection ended after {done} of {self._file.bytes} bytes")

    def _open_part(self, *, new: bool) -> BinaryIO:
        """Open the part for appending; a new one replaces whatever has its name.

        A link of its name is not followed: bytes of a server would overwrite its target.
        """
        flags = os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0)
        if new:
            self._part.unlink(missing_ok=True)
            flags |= os.O_CREAT | os.O_EXCL
        return os.fdopen(os.open(self._part, flags | getattr(os, "O_NOFOLLOW", 0), 0o666), "ab")

    def _check_size(self, total: int | None) -> None:
        if total is not None and total != self._file.bytes:
            self._part.unlink(missing_ok=True)
            then = _advise_manual_download(self._target)
            size = f"{self._file.bytes} bytes"
            raise _content_error(self._file, size, f"{total} bytes", then)

    def _wait(self, error: TransientError, pause_s: float | None) -> None:
        if pause_s is None:
            raise UserError(
                f"cannot download {self._file.name}",
                where=self._file.url,
                got=f"{error}, {len(PAUSES_S) + 1} times",
                then="rerun the same command later to resume",
            ) from error
        seconds = max(pause_s, error.wait_s)
        self._progress.say(f"{self._file.name}: {error}; trying again in {seconds:g} s")
        self._sleep(seconds)

    def _count_received(self) -> int:
        """Return the number of received bytes; 0 for a part that cannot be continued."""
        size = self._part.stat().st_size if _is_own_file(self._part) else 0
        return size if size <= self._file.bytes else 0

    def _advance_display(self, done: int) -> None:
        """Advance the display; it does not move back when the server restarts."""
        kilobytes = _kilobytes(done)
        if kilobytes > self._kilobytes_shown:
            self._progress.advance(kilobytes - self._kilobytes_shown)
            self._kilobytes_shown = kilobytes


def _is_own_file(part: Path) -> bool:
    """Return whether the part exists as a file of its own, not as a link to another one."""
    try:
        status = part.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_nlink == 1


def _require_checksum(file: RemoteFile, target: Path) -> None:
    if not target.is_file() or not _has_checksum(file, target):
        raise UserError(
            "a file with the name of the download has other content",
            where=str(target),
            expected=f"a file with the sha256 {file.sha256[:16]}…",
            then="move it away, or choose another folder with --to",
        )


def _has_checksum(file: RemoteFile, path: Path) -> bool:
    with reading(path), path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == file.sha256


def _content_error(file: RemoteFile, expected: str, got: str, then: str) -> UserError:
    return UserError(
        f"{file.name} differs from the expected file and was deleted",
        where=file.url,
        expected=expected,
        got=got,
        then=then,
    )


def _advise_manual_download(target: Path) -> str:
    return f"download it manually to {target}"


def _kilobytes(size: int) -> int:
    return -(-size // 1000)
