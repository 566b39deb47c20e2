"""HTTP requests for a file from a byte on, in limited time; redirects stay on http and https."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, cast

from lnmbench.errors import UserError

if TYPE_CHECKING:
    from urllib.response import addinfourl

SECONDS_WITHOUT_A_BYTE = 30.0
MOST_SECONDS_TO_WAIT = 60.0

SECONDS_WATCHED = 60.0
LEAST_BYTES = 600_000
"""A connection that receives fewer bytes than these in `SECONDS_WATCHED` is closed."""

_SPAN = re.compile(r"bytes (\d{1,15})-\d{1,15}/(\d{1,15})")
_NUMBER = re.compile(r"\d{1,15}")
_AGAIN = (408, 425, 429, 500, 502, 503, 504)
_REASONS = {
    401: ": login required",
    403: ": access forbidden",
    404: ": file not found",
    410: ": file removed",
    **dict.fromkeys(
        (301, 302, 303, 307, 308),
        ": a redirect loop, or a redirect to another or a less secure protocol",
    ),
}


class TransientError(Exception):
    """Failure that a retry may solve; `wait_s` is the server's requested pause in seconds."""

    def __init__(self, what: str, wait_s: float = 0.0) -> None:
        super().__init__(what)
        self.wait_s = min(wait_s, MOST_SECONDS_TO_WAIT)


class _Watchdog:
    """Thread that closes a connection which receives too little.

    A socket's limit of time is one for each byte, so that a server could send one byte at a time
    for ever, also in the lines before the content.
    """

    def __init__(self) -> None:
        self.received = 0
        self.is_expired = False
        self._sockets: list[socket.socket] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def watch(self, connection: socket.socket | None) -> None:
        """Close this connection, too, when the time is over."""
        if connection is not None:
            self._sockets.append(connection)

    def end(self) -> None:
        """End the thread."""
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        received = 0
        while not self._ended.wait(SECONDS_WATCHED):
            if self.received - received < LEAST_BYTES:
                self.is_expired = True
                for connection in self._sockets:
                    with suppress(OSError):
                        connection.shutdown(socket.SHUT_RDWR)
                return
            received = self.received


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Reply of the server: bytes from `start` on of a file of `total` bytes (None if unknown)."""

    start: int
    total: int | None
    stream: addinfourl
    watchdog: _Watchdog = field(repr=False)

    def read(self, most: int) -> bytes:
        """Return some bytes, none at the end. Raises `TransientError` if the connection fails."""
        try:
            content = cast("http.client.HTTPResponse", self.stream).read1(most)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _transient(error, self.watchdog) from error
        if not content and self.watchdog.is_expired:
            raise _transient(ConnectionError(), self.watchdog)
        self.watchdog.received += len(content)
        return content


@contextmanager
def request_file(url: str, start: int, *, then: str) -> Iterator[Reply]:
    """Yield the reply to a request for a file from a byte on.

    Parameters
    ----------
    url
        Address of the file.
    start
        First byte; a server that does not support ranges sends the file from byte 0.
    then
        Next step of the user in error messages.

    Raises
    ------
    TransientError
        For a failure that a retry may solve.
    UserError
        For other failures.
    """
    watchdog = _Watchdog()
    try:
        with _open(url, start, then, watchdog) as stream:
            yield _parse_reply(stream, watchdog)
    finally:
        watchdog.end()


def _open(url: str, start: int, then: str, watchdog: _Watchdog) -> addinfourl:
    request = urllib.request.Request(url, headers={"User-Agent": "lnmbench"})
    if start:
        request.add_header("Range", f"bytes={start}-")
    try:
        return cast("addinfourl", _opener(watchdog).open(request, timeout=SECONDS_WITHOUT_A_BYTE))
    except urllib.error.HTTPError as error:
        error.close()
        if error.code != 416 or not start:
            raise _status_error(error, url, then) from error
        # the file on the server is shorter than the local part
        return _open(url, 0, then, watchdog)
    except urllib.error.URLError as error:
        raise _connection_error(error.reason, url, then, watchdog) from error
    except (http.client.HTTPException, OSError) as error:
        raise _transient(error, watchdog) from error
    except ValueError as error:  # also of a host name that no host can have
        raise _connection_error(str(error), url, then, watchdog) from error


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Redirect handler that reports an invalid or less secure address as a failed redirect."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if req.type == "https" and not newurl.lower().startswith("https:"):
            raise urllib.error.HTTPError(req.full_url, code, msg, headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)

    def http_error_302(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
    ) -> http.client.HTTPResponse | None:
        fp.close()  # else its content is read, whatever its size
        try:
            return super().http_error_302(req, fp, code, msg, headers)
        except ValueError:
            raise urllib.error.HTTPError(req.full_url, code, msg, headers, fp) from None

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def _opener(watchdog: _Watchdog) -> urllib.request.OpenerDirector:
    """Return an opener without files and ftp, so that no redirect leads to them."""

    class Connection(http.client.HTTPConnection):
        def connect(self) -> None:
            super().connect()
            watchdog.watch(self.sock)

    class SecureConnection(http.client.HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            watchdog.watch(self.sock)

    class Http(urllib.request.HTTPHandler):
        def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(Connection, req)

    class Https(urllib.request.HTTPSHandler):
        def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(SecureConnection, req)

    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.UnknownHandler(),
        Http(),
        Https(),
        urllib.request.HTTPDefaultErrorHandler(),
        _Redirects(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


def _parse_reply(stream: addinfourl, watchdog: _Watchdog) -> Reply:
    if stream.status == 206:
        span = _SPAN.fullmatch(stream.headers.get("Content-Range", ""))
        if span is None:
            raise TransientError("the server sends a part without its byte range")
        return Reply(start=int(span[1]), total=int(span[2]), stream=stream, watchdog=watchdog)
    length = stream.headers.get("Content-Length", "")
    total = int(length) if _NUMBER.fullmatch(length) else None
    return Reply(start=0, total=total, stream=stream, watchdog=watchdog)


def _status_error(error: urllib.error.HTTPError, url: str, then: str) -> Exception:
    if error.code in _AGAIN:
        wait = str(error.headers.get("Retry-After", ""))
        seconds = float(wait) if _NUMBER.fullmatch(wait) else 0.0
        return TransientError(f"the server answers {error.code}", seconds)
    got = f"{error.code}{_REASONS.get(error.code, '')}"
    return UserError("the server refuses the file", where=url, got=got, then=then)


def _transient(error: BaseException, watchdog: _Watchdog) -> TransientError:
    if watchdog.is_expired:
        kilobytes = LEAST_BYTES / SECONDS_WATCHED / 1000
        return TransientError(f"the server sends less than {kilobytes:g} kB a second")
    return TransientError(f"the connection failed ({_describe(error)})")


def _connection_error(reason: object, url: str, then: str, watchdog: _Watchdog) -> Exception:
    if isinstance(reason, socket.gaierror):
        got = "host name not found; check the network connection"
    elif isinstance(reason, ssl.SSLCertVerificationError):
        got = "an untrusted certificate"
    elif isinstance(reason, OSError):
        return _transient(reason, watchdog)
    else:
        got = str(reason)[:80]
    return UserError("the server cannot be reached", where=url, got=got, then=then)


def _describe(error: BaseException) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__)[:80]
