"""Downloads of weight files from a server on this machine."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lnmbench import web
from lnmbench.nets.encoder.weight_download import download_weights

CONTENT = bytes(range(256)) * 40
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """Sends the content, at `/short` half of it, and at `/slow` a byte at a time."""

    def do_GET(self) -> None:
        if self.path == "/missing":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        if self.path == "/slow":
            while not self.server.ended.wait(0.02):
                self.wfile.write(b"1")
        self.wfile.write(CONTENT[: len(CONTENT) // (2 if self.path == "/short" else 1)])

    def log_message(self, *words: object) -> None: ...


class Server(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.ended = threading.Event()

    def handle_error(self, *words: object) -> None: ...


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.ended.set()
        server.shutdown()
        thread.join()


def test_a_file_is_verified_and_saved(address: str, tmp_path: Path) -> None:
    path = tmp_path / "cache" / "net.pth"
    download_weights(f"{address}/net.pth", path, sha256=SHA256[:8])
    assert path.read_bytes() == CONTENT
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("name", "sha256", "message"),
    [
        ("net.pth", "0" * 8, "its checksum does not match"),
        ("missing", "", "404: file not found"),
        ("short", "", "the connection ended after 5120 of 10240 bytes"),
        ("slow", "", "the server sends less than"),
    ],
)
def test_a_failure_leaves_no_file(
    address: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    sha256: str,
    message: str,
) -> None:
    monkeypatch.setattr(web, "SECONDS_WATCHED", 0.1)
    with pytest.raises(OSError, match=message):
        download_weights(f"{address}/{name}", tmp_path / "net.pth", sha256=sha256)
    assert list(tmp_path.iterdir()) == []


def test_the_time_is_limited(address: str, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="not complete within 0 s"):
        download_weights(f"{address}/slow", tmp_path / "net.pth", seconds=0.1)
