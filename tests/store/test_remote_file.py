"""Files of a server on this machine that fails in every way that downloads must survive."""

from __future__ import annotations

import errno
import hashlib
import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lnmbench import UserError, web
from lnmbench.records import RemoteFile
from lnmbench.store.remote_file import fetch

CONTENT = bytes(range(256)) * 5000
Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers with the next of the server's answers, then with the file."""

    def do_GET(self) -> None:
        self.server.ranges.append(self.headers.get("Range", ""))
        answers = self.server.answers
        (answers.pop(0) if answers else whole_or_part)(self)

    def log_message(self, *words: object) -> None:
        pass


def send(handler: Handler, code: int, body: bytes = b"", **headers: object) -> None:
    handler.send_response(code)
    for name, value in {"Content_Length": len(body), **headers}.items():
        handler.send_header(name.replace("_", "-"), str(value))
    handler.end_headers()
    handler.wfile.write(body)


def whole(handler: Handler) -> None:
    send(handler, 200, CONTENT)


def whole_or_part(handler: Handler) -> None:
    requested = handler.headers.get("Range")
    if requested is None:
        return whole(handler)
    start = int(requested.removeprefix("bytes=").removesuffix("-"))
    span = f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}"
    return send(handler, 206, CONTENT[start:], Content_Range=span)


def cut_short(size: int, *, reset: bool = False) -> Answer:
    def answer(handler: Handler) -> None:
        send(handler, 200, CONTENT[:size], Content_Length=len(CONTENT))
        handler.close_connection = True
        if reset:
            linger = struct.pack("ii", 1, 0)
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    return answer


def status(code: int, **headers: object) -> Answer:
    return lambda handler: send(handler, code, b"<html>", **headers)


def body(content: bytes) -> Answer:
    return lambda handler: send(handler, 200, content)


class Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[Answer] = []
        self.ranges: list[str] = []

    def handle_error(self, *words: object) -> None:
        """A client that went away is nothing to print."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/data.csv"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class Notices:
    """Progress that keeps its notices."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.steps = 0

    def say(self, line: str) -> None:
        self.lines.append(line)

    def start(self, stage: str, subject: str, total: int, unit: str) -> None:
        pass

    def advance(self, steps: int = 1) -> None:
        self.steps += steps

    def finish(self) -> None:
        pass


class Get:
    """Downloads the file into a folder, and keeps notices and waiting times."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.notices, self.waits = Notices(), list[float]()

    def __call__(self, *, name: str = "data.csv", sha256: str = "") -> bytes:
        file = RemoteFile(
            url=self.url,
            name=name,
            sha256=sha256 or hashlib.sha256(CONTENT).hexdigest(),
            bytes=len(CONTENT),
        )
        path = fetch(file, self.folder, progress=self.notices, sleep=self.waits.append)
        return path.read_bytes()

    def refused(self, **changed: str) -> str:
        with pytest.raises(UserError) as refusal:
            self(**changed)
        assert not (self.folder / "data.csv").exists()
        return str(refusal.value)

    @property
    def part(self) -> Path:
        return self.folder / "data.csv.part"


@pytest.fixture
def get(server: Server, tmp_path: Path) -> Get:
    folder = tmp_path / "made" / "here"
    return Get(server.url, folder)


def leave(get: Get, content: bytes) -> None:
    get.folder.mkdir(parents=True)
    get.part.write_bytes(content)


def test_a_file_is_fetched_once(server: Server, get: Get) -> None:
    assert get(name="2023/data.csv") == CONTENT
    assert get.notices.steps == len(CONTENT) // 1000
    assert get(name="2023/data.csv") == CONTENT
    assert server.ranges == [""]
    assert "already downloaded" in get.notices.lines[-1]
    assert [path.name for path in (get.folder / "2023").iterdir()] == ["data.csv"]


def test_a_partial_file_is_resumed(server: Server, get: Get) -> None:
    leave(get, CONTENT[:1000])
    assert get() == CONTENT
    assert server.ranges == ["bytes=1000-"]
    assert not get.part.exists()


def test_a_complete_part_needs_no_server(server: Server, get: Get) -> None:
    leave(get, CONTENT)
    assert get() == CONTENT
    assert server.ranges == []


@pytest.mark.parametrize("left", [b"of something else", bytes(len(CONTENT)), CONTENT * 2])
def test_a_damaged_part_is_fetched_anew(server: Server, get: Get, left: bytes) -> None:
    leave(get, left)
    assert get() == CONTENT
    assert server.ranges[-1] == ""


def test_a_server_without_ranges_sends_all_with_a_notice(server: Server, get: Get) -> None:
    leave(get, CONTENT[:1000])
    server.answers = [whole]
    assert get() == CONTENT
    assert "the server restarts from byte 0" in get.notices.lines[0]


@pytest.mark.parametrize("reset", [False, True])
def test_a_broken_connection_is_resumed(server: Server, get: Get, reset: bool) -> None:
    server.answers = [cut_short(300_000, reset=reset)]
    assert get() == CONTENT
    assert reset or server.ranges[1].startswith("bytes=")  # a reset also drops what had arrived
    assert get.waits == [1.0]
    assert "trying again in 1 s" in get.notices.lines[0]


def test_a_busy_server_is_retried_with_growing_delays(server: Server, get: Get) -> None:
    server.answers = [status(503), status(502), status(503, Retry_After=7)]
    assert get() == CONTENT
    assert get.waits == [1.0, 2.0, 7.0]


def test_a_server_that_asks_to_wait_for_days_is_not_waited_for(server: Server, get: Get) -> None:
    server.answers = [status(429, Retry_After=10**9)]
    assert get() == CONTENT
    assert get.waits == [60.0]


def test_giving_up_keeps_the_part(server: Server, get: Get) -> None:
    server.answers = [cut_short(300_000), *[status(503)] * 5]
    line = get.refused()
    assert "503, 5 times" in line
    assert "rerun the same command later to resume" in line
    assert get.part.read_bytes() == CONTENT[: get.part.stat().st_size]
    assert get() == CONTENT


def test_received_bytes_reset_the_retries(server: Server, get: Get) -> None:
    server.answers = [status(503), cut_short(300_000), status(503), status(503)]
    assert get() == CONTENT
    assert get.waits == [1.0, 1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("code", "reason"),
    [(404, "not found"), (403, "forbidden"), (401, "login"), (410, "removed"), (418, "418")],
)
def test_permanent_errors_are_not_retried(server: Server, get: Get, code: int, reason: str) -> None:
    server.answers = [status(code)] * 2
    line = get.refused()
    assert reason in line
    assert f"download it manually to {get.folder / 'data.csv'}" in line
    assert get.waits == []


def test_a_wrong_checksum_is_refused_and_nothing_is_kept(get: Get) -> None:
    line = get.refused(sha256="0" * 64)
    assert "differs from the expected file and was deleted" in line
    assert "sha256 0000" in line
    assert not get.part.exists()


@pytest.mark.parametrize("content", [b"<html>please log in", CONTENT + b"more", b""])
def test_a_wrong_size_is_refused_at_once(server: Server, get: Get, content: bytes) -> None:
    server.answers = [body(content)]
    assert f"got {len(content)} bytes" in get.refused()
    assert not get.part.exists()


def endless(handler: Handler) -> None:
    if not getattr(handler, "_headers_buffer", []):
        handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(bytes(1 << 16))
    except OSError:
        pass


def test_a_server_that_never_ends_is_stopped(server: Server, get: Get) -> None:
    server.answers = [endless]
    assert "differs from the expected file and was deleted" in get.refused()
    assert not get.part.exists()


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://127.0.0.1/x", "/data.csv", "//[x"])
def test_unsafe_redirects_are_refused(server: Server, get: Get, to: str) -> None:
    server.answers = [status(302, Location=to)] * 12
    assert "the server" in get.refused()
    assert get.waits == []


def test_the_content_of_a_redirect_is_not_read(
    server: Server, get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "SECONDS_WATCHED", 1.0)

    def endless_redirect(handler: Handler) -> None:
        handler.send_response(302)
        handler.send_header("Location", "/elsewhere")
        endless(handler)

    server.answers = [endless_redirect]
    assert get() == CONTENT


def test_a_redirect_is_followed_with_the_range(server: Server, get: Get) -> None:
    leave(get, CONTENT[:1000])
    server.answers = [status(302, Location="/elsewhere")]
    assert get() == CONTENT
    assert server.ranges == ["bytes=1000-"] * 2


def drip(*lines: bytes) -> Answer:
    """Send the lines, then one byte at a time for ever."""

    def answer(handler: Handler) -> None:
        try:
            for line in lines:
                handler.wfile.write(line)
            while True:
                handler.wfile.write(b"1")
                time.sleep(0.02)
        except OSError:
            handler.close_connection = True

    return answer


def silence(handler: Handler) -> None:
    handler.rfile.read(1)
    handler.close_connection = True


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "slow",
    [
        silence,
        drip(),
        drip(b"HTTP/1.1 200 OK\r\nX: "),
        drip(b"HTTP/1.1 200 OK\r\n\r\n"),
        drip(CHUNKED, b"f;"),
    ],
    ids=["silence", "status", "header", "content", "chunk"],
)
def test_a_slow_server_is_not_waited_for(
    server: Server, get: Get, slow: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "SECONDS_WATCHED", 0.1)
    server.answers = [slow] * 5
    assert "the server sends less than" in get.refused()
    assert get.waits == [1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize("length", [b"-5", b"ffffffffffffffffffff", b"x", b""])
def test_a_wrong_length_of_a_chunk_is_retried(server: Server, get: Get, length: bytes) -> None:
    def answer(handler: Handler) -> None:
        handler.wfile.write(CHUNKED + length + b"\r\n" + CONTENT[:9] + b"\r\n")
        handler.close_connection = True

    server.answers = [answer] * 5
    assert "5 times" in get.refused()


@pytest.mark.parametrize("length", ["-5", "9" * 400, "x", "1, 2"])
def test_a_wrong_length_is_no_traceback(server: Server, get: Get, length: str) -> None:
    def answer(handler: Handler) -> None:
        send(handler, 200, CONTENT[:9], Content_Length=length)
        handler.close_connection = True

    server.answers = [answer] * 5
    assert "data.csv" in get.refused()


def test_a_server_that_sends_a_few_bytes_at_each_try_is_given_up(server: Server, get: Get) -> None:
    server.answers = [cut_short(9_000)] * 9
    assert "5 times" in get.refused()


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
@pytest.mark.parametrize("link", [os.symlink, os.link])
@pytest.mark.parametrize("size", [0, 1000])
def test_a_link_with_the_name_of_the_part_is_not_followed(
    get: Get, tmp_path: Path, link: Callable[[Path, Path], None], size: int
) -> None:
    precious = tmp_path / "precious"
    precious.write_bytes(CONTENT[:size])
    get.folder.mkdir(parents=True)
    link(precious, get.part)
    assert get() == CONTENT
    assert precious.read_bytes() == CONTENT[:size]
    assert not (get.folder / "data.csv").is_symlink()


def test_a_folder_with_the_name_of_the_part_is_one_line(get: Get) -> None:
    get.part.mkdir(parents=True)
    assert "cannot write" in get.refused()


def test_a_missing_server(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        get = Get(f"http://127.0.0.1:{unused.getsockname()[1]}/x", tmp_path)
        line = get.refused()
    assert "Connection refused), 5 times" in line
    assert get.waits == [1.0, 2.0, 4.0, 8.0]


def test_another_file_of_the_name_is_not_touched(server: Server, get: Get) -> None:
    get.folder.mkdir(parents=True)
    (get.folder / "data.csv").write_text("my own")
    with pytest.raises(UserError, match="has other content.*--to"):
        get()
    assert (get.folder / "data.csv").read_text() == "my own"
    assert server.ranges == []


def test_a_stop_keeps_the_part(server: Server, get: Get) -> None:
    class Stopped(Notices):
        def advance(self, steps: int = 1) -> None:
            raise KeyboardInterrupt

    notices, get.notices = get.notices, Stopped()
    with pytest.raises(KeyboardInterrupt):
        get()
    size = get.part.stat().st_size
    assert 0 < size < len(CONTENT)
    get.notices = notices
    assert get() == CONTENT
    assert server.ranges[-1] == f"bytes={size}-"


def test_no_space_is_one_line(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, *rest: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", full)
        assert "no space left" in get.refused()
    assert get() == CONTENT
