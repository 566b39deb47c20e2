"""Failing downloads: refusing servers, wrong content, invalid sources."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from unittest import mock

from lnmbench import web
from lnmbench.records import RemoteFile, Source
from lnmbench.stages.data import download_files

CONTENT = b"patient,core\n1,2\n"


class Silent:
    """A display that shows nothing."""

    def say(self, line: str) -> None: ...
    def start(self, stage: str, subject: str, total: int, unit: str) -> None: ...
    def advance(self, steps: int = 1) -> None: ...
    def finish(self) -> None: ...


def remote(**changed: object) -> Source:
    facts = {
        "url": "http://data.example/lydata.csv",
        "name": "lydata.csv",
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
        "bytes": len(CONTENT),
    }
    return Source(license="CC0", files=(RemoteFile(**{**facts, **changed}),))


def served(code: int, body: bytes = b"", **headers: str) -> Callable[[Path], object]:
    """Download from a server at data.example that gives one answer."""

    def make(folder: Path) -> object:
        with server(code, body, headers) as port, through(port):
            return download_files(remote(), folder, progress=Silent(), sleep=lambda seconds: None)

    return make


@contextmanager
def server(code: int, body: bytes, headers: dict[str, str]) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(code)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield listening.server_port
        finally:
            listening.shutdown()
            thread.join()


@contextmanager
def through(port: int) -> Iterator[None]:
    """Use the local server as the proxy, so that messages contain a constant address."""
    proxies = {"http_proxy": f"http://127.0.0.1:{port}", "no_proxy": ""}
    with mock.patch.dict("os.environ", proxies):
        yield


def own_file(folder: Path) -> object:
    (folder / "lydata.csv").write_text("my own", encoding="utf-8")
    return download_files(remote(), folder, progress=Silent())


def no_place(folder: Path) -> object:
    (folder / "data").write_text("a file", encoding="utf-8")
    return download_files(remote(), folder / "data", progress=Silent())


def unknown_host(folder: Path) -> object:
    failing = mock.patch.object(web.socket, "getaddrinfo", side_effect=web.socket.gaierror)
    with mock.patch.dict("os.environ", {"http_proxy": "", "no_proxy": "*"}), failing:
        return download_files(remote(), folder, progress=Silent())


KINDS: dict[str, Callable[[Path], object]] = {
    "a file that no longer exists": served(404),
    "a file that needs a login": served(401),
    "a busy server": served(503),
    "a server's redirect to a local file": served(302, Location="file:///etc/passwd"),
    "a page instead of the file": served(200, b"<html>Please log in</html>"),
    "a file of the right size with another content": served(200, CONTENT.replace(b"1", b"7")),
    "no connection to the internet": unknown_host,
    "another file with the same name": own_file,
    "a file instead of the folder": no_place,
    "a source with a file outside the folder": lambda folder: remote(name="../../lydata.csv"),
    "a local source": lambda folder: remote(url="file:///etc/passwd"),
    "a source without a checksum": lambda folder: remote(sha256=""),
}
