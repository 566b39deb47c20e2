from __future__ import annotations

import errno
import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.store.atomic import make_private_folder, new_folder, replacing


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    with replacing(tmp_path / "deep" / "f") as neighbor:
        neighbor.write_text("whole")
        assert not (tmp_path / "deep" / "f").exists()
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["f"]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "no space left"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "no space left"),
        (sqlite3.OperationalError("database or disk is full"), "no space left"),
        (PermissionError(errno.EACCES, "Permission denied"), "cannot write.*another folder"),
        (OSError(errno.EROFS, "Read-only file system"), "cannot write"),
    ],
)
def test_a_failure_is_one_line_and_leaves_what_was_there(
    tmp_path: Path, error: Exception, message: str
) -> None:
    (tmp_path / "f").write_text("old")
    with pytest.raises(UserError, match=message):
        _fail(tmp_path / "f", error)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("f", "old")]


def _fail(path: Path, error: Exception) -> None:
    with replacing(path) as neighbor:
        neighbor.write_text("half")
        raise error


@pytest.mark.skipif(os.name == "nt", reason="processes are told apart by signal 0")
def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    removed = subprocess.Popen([sys.executable, "-c", ""])
    removed.wait()
    left, running = (tmp_path / f".f.{pid}.part" for pid in (removed.pid, os.getppid()))
    left.write_text("half")
    running.write_text("half")
    with replacing(tmp_path / "f") as neighbor:
        neighbor.write_text("whole")
    assert sorted(tmp_path.iterdir()) == [running, tmp_path / "f"]


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="no place where folders cannot be made")
def test_a_folder_that_cannot_be_made_is_refused_in_one_line() -> None:
    with (
        pytest.raises(UserError, match="cannot write"),
        new_folder(Path("/proc/figures"), what="figures need a new folder"),
    ):
        pass


def half_made(target: Path) -> None:
    with new_folder(target, what="it needs its own") as neighbor:
        (neighbor / "half").touch()
        raise RuntimeError


def test_a_new_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with pytest.raises(RuntimeError):
        half_made(target)
    assert not list(tmp_path.iterdir())
    with new_folder(target, what="it needs its own") as neighbor:
        (neighbor / "whole").touch()
    assert [path.name for path in target.iterdir()] == ["whole"]
    with pytest.raises(UserError, match="it needs its own"):
        half_made(target)


def write(path: Path, text: str, *, private: bool = False) -> None:
    with replacing(path, private=private) as neighbor:
        neighbor.write_text(text)


def test_a_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name, target in (("link", "deep/f"), ("dangling", "deep/new"), ("second", "link")):
        (tmp_path / name).symlink_to(target)
    (tmp_path / "deep" / "f").write_text("old")
    write(tmp_path / "link", "1")
    assert (tmp_path / "deep" / "f").read_text() == "1"
    write(tmp_path / "second", "2")
    assert (tmp_path / "deep" / "f").read_text() == "2"
    write(tmp_path / "dangling", "3")
    assert (tmp_path / "deep" / "new").read_text() == "3"
    assert all((tmp_path / name).is_symlink() for name in ("link", "dangling", "second"))
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(UserError, match="cannot write"):
        write(tmp_path / "loop", "4")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot write .*expected a file, got a folder"):
        write(tmp_path, "x")
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_devices_and_pipes_receive_the_content_and_stay(tmp_path: Path) -> None:
    write(Path("/dev/null"), "x")
    assert Path("/dev/null").is_char_device()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        write(pipe, "through")
        assert reader.communicate()[0] == b"through"
    assert pipe.is_fifo()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        with pytest.raises(UserError, match="got a socket"):
            write(tmp_path / "s", "x")


@pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="no standard output by name")
def test_standard_output_has_a_name(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from lnmbench.store.atomic import replacing\n"
        "with replacing(Path('/dev/stdout')) as n: n.write_text('out')"
    )
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, capture_output=True, check=True).stdout == b"out"
    with (tmp_path / "f").open("w+b") as stream:
        stream.write(b"before ")
        stream.flush()
        subprocess.run(command, stdout=stream, check=True)
    assert (tmp_path / "f").read_bytes() == b"before out"


@pytest.mark.skipif(os.name == "nt", reason="no modes of files")
def test_private_files_are_those_of_their_owner(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("old")
    (tmp_path / "f").chmod(0o644)
    write(tmp_path / "f", "new", private=True)
    assert (tmp_path / "f").stat().st_mode & 0o777 == 0o600
    for mode in (0o600, 0o640, 0o400):
        (tmp_path / "f").chmod(mode)
        write(tmp_path / "f", "newer")
        assert (tmp_path / "f").stat().st_mode & 0o777 == mode | 0o600, "never wider"
    make_private_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700
    with new_folder(tmp_path / "n", what="", private=True) as neighbor:
        (neighbor / "f").write_text("x")
        (neighbor / "f").chmod(0o666)
    assert (tmp_path / "n").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "n" / "f").stat().st_mode & 0o777 == 0o600


def test_a_link_in_place_of_the_temporary_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("safe")
    (tmp_path / f".f.{os.getpid()}.part").symlink_to(tmp_path / "victim")
    write(tmp_path / "f", "new")
    assert (tmp_path / "victim").read_text() == "safe"
    assert not (tmp_path / "f").is_symlink()


@pytest.mark.skipif(os.name == "nt", reason="processes are told apart by signal 0")
def test_a_folder_that_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = tmp_path / f".n.{ended.pid}.part"
    left.mkdir()
    (left / "predictions.csv").write_text("case-1")
    with new_folder(tmp_path / "n", what=""):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["n"]
