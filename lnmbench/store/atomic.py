"""Atomic files: each appears complete or not at all.

A symbolic link is written through. A device or pipe, such as `/dev/stdout`, receives the content
and stays in place. Private files are readable by their owner alone.
"""

from __future__ import annotations

import glob
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lnmbench.errors import UserError
from lnmbench.store.file_errors import writing
from lnmbench.store.locks import acquire

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700

_STREAM_FOLDERS = (Path("/dev/fd"), Path("/proc"))


@contextmanager
def hold_lock(path: Path, say: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold the lock of a file while it is made; a second process waits and finds the file.

    Parameters
    ----------
    path
        The file.
    say
        Receives a notice if this process has to wait.
    """
    with writing(path):
        make_private_folder(path.parent)
        lock = acquire(path.with_name(f".{path.name}.lock"), say=say)
    try:
        yield
    finally:
        lock.release()


def make_private_folder(folder: Path) -> None:
    """Create a folder and its parents for their owner alone; an existing one stays as it is."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        with suppress(FileExistsError):
            path.mkdir(mode=PRIVATE_FOLDER)
    if not folder.is_dir():
        folder.mkdir()  # raises


@contextmanager
def replacing(path: Path, *, private: bool = False, sweep: bool = True) -> Iterator[Path]:
    """Yield a temporary path to write to; move it to `path` when the block succeeds.

    Parameters
    ----------
    path
        The file; a symbolic link is written through, a device or pipe receives the content.
    private
        Whether only the owner may read the file.
    sweep
        Whether to remove the unfinished files of killed processes, which takes time in a folder of
        many files.

    Raises
    ------
    UserError
        If it cannot be written or there is no space left; no file stays.
    """
    with writing(path):
        target = _resolve_target(path)
    if target is None:
        with _copying_to_stream(path) as temporary_path:
            yield temporary_path
        return
    temporary_path = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with writing(path):
            target.parent.mkdir(parents=True, exist_ok=True)
            if sweep:
                _remove_abandoned(target)
            _create(temporary_path, private=private)
            if target.exists():  # its owner may have restricted it
                _restrict(temporary_path, target.stat().st_mode)
            yield temporary_path
            temporary_path.replace(target)
    finally:
        with suppress(OSError):
            temporary_path.unlink(missing_ok=True)


def require_empty(folder: Path, *, what: str) -> None:
    """Raise `UserError` for a folder that is neither new nor empty.

    Parameters
    ----------
    folder
        The folder.
    what
        The problem if it is not empty.
    """
    with writing(folder):
        if os.path.lexists(folder) and (not folder.is_dir() or any(folder.iterdir())):
            raise UserError(what, where=str(folder), got="a file, or a folder with files")


@contextmanager
def new_folder(folder: Path, *, what: str, private: bool = False) -> Iterator[Path]:
    """Yield a temporary folder to write to; move it to `folder` when the block succeeds.

    Parameters
    ----------
    folder
        The folder to create; it must not exist, or be empty.
    what
        The problem if it is not empty.
    private
        Whether only the owner may read it and its files.

    Raises
    ------
    UserError
        If it is not empty or cannot be written; no file stays.
    """
    require_empty(folder, what=what)
    temporary_folder = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        with writing(folder):
            folder.parent.mkdir(parents=True, exist_ok=True)
            _remove_abandoned(folder)
            temporary_folder.mkdir(mode=PRIVATE_FOLDER if private else 0o777)
            yield temporary_folder
            if private:
                _make_private(temporary_folder)
            if folder.is_dir():
                folder.rmdir()
            temporary_folder.replace(folder)
    finally:
        shutil.rmtree(temporary_folder, ignore_errors=True)


def _resolve_target(path: Path) -> Path | None:
    """Return the regular file behind a path, existing or not; None for a device or pipe."""
    # a redirected standard output is a regular file behind a stream
    is_stream = any(
        folder in _STREAM_FOLDERS for folder in (*path.parents, *_resolve_link(path).parents)
    )
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return None if is_stream else path.resolve()
    if stat.S_ISDIR(mode):
        raise UserError("cannot write", where=str(path), expected="a file", got="a folder")
    if stat.S_ISBLK(mode) or stat.S_ISSOCK(mode):
        kind = "a block device" if stat.S_ISBLK(mode) else "a socket"
        raise UserError("cannot write", where=str(path), expected="a file", got=kind)
    return path.resolve() if stat.S_ISREG(mode) and not is_stream else None


def _resolve_link(path: Path) -> Path:
    """Return the path that a symbolic link such as `/dev/stdout` names; other paths unchanged."""
    return path.parent / path.readlink() if path.is_symlink() else path


@contextmanager
def _copying_to_stream(path: Path) -> Iterator[Path]:
    """Yield a temporary path, and copy its content to a device or pipe."""
    with tempfile.TemporaryDirectory(prefix="lnmbench-") as folder, writing(path):
        temporary_path = Path(folder) / "output"
        _create(temporary_path, private=True)
        yield temporary_path
        # appended, since a redirected output may already have content
        with temporary_path.open("rb") as source, path.open("ab") as stream:
            shutil.copyfileobj(source, stream)


def _create(path: Path, *, private: bool) -> None:
    """Create an empty file with its mode; a link that someone placed there is not followed."""
    path.unlink(missing_ok=True)
    mode = PRIVATE_FILE if private else 0o666
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))


def _restrict(path: Path, mode: int) -> None:
    """Remove the permissions that a mode does not have; the owner can still write."""
    allowed = stat.S_IMODE(path.stat().st_mode) & (stat.S_IMODE(mode) | PRIVATE_FILE)
    with suppress(OSError):
        path.chmod(allowed)


def _make_private(folder: Path) -> None:
    for path in folder.rglob("*"):
        path.chmod(PRIVATE_FOLDER if path.is_dir() else PRIVATE_FILE)


def _remove_abandoned(path: Path) -> None:
    """Remove the unfinished files and folders that a killed process left next to the path."""
    for unfinished in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        number = unfinished.name.split(".")[-2]
        if number.isdigit() and not _is_running(int(number)):
            if unfinished.is_dir() and not unfinished.is_symlink():
                shutil.rmtree(unfinished, ignore_errors=True)
            else:
                unfinished.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    if os.name == "nt":  # on Windows, signal 0 would end the process
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
