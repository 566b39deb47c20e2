"""HTTP requests for a file from a byte on; redirects stay on http and https."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, cast

from lnmbench.errors import UserError

if TYPE_CHECKING:
    from urllib.response import addinfourl

SECONDS_WITHOUT_A_BYTE = 30.0
MOST_SECONDS_TO_WAIT = 60.0

_SPAN = re.compile(r"bytes (\d{1,15})-\d{1,15}/(\d{1,15})")
_NUMBER = re.compile(r"\d{1,15}")
_AGAIN = (408, 425, 429, 500, 502, 503, 504)
_REASONS = {
    401: ": login required",
    403: ": access forbidden",
    404: ": file not found",
    410: ": file removed",
    **dict.fromkeys(
        (301, 302, 303, 307, 308), ": a redirect loop, or a redirect to another protocol"
    ),
}


class TransientError(Exception):
    """Failure that a retry may solve; `wait_s` is the server's requested pause in seconds."""

    def __init__(self, what: str, wait_s: float = 0.0) -> None:
        super().__init__(what)
        self.wait_s = min(wait_s, MOST_SECONDS_TO_WAIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Reply of the server: bytes from `start` on of a file of `total` bytes (None if unknown)."""

    start: int
    total: int | None
    stream: addinfourl

    def read(self, most: int) -> bytes:
        """Return some bytes, none at the end. Raises `TransientError` if the connection fails."""
        try:
            return self.stream.read(most)
        except (OSError, http.client.HTTPException) as error:
            raise TransientError(f"the connection failed ({_describe(error)})") from error


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
    with _open(url, start, then) as stream:
        yield _parse_reply(stream)


def _open(url: str, start: int, then: str) -> addinfourl:
    request = urllib.request.Request(url, headers={"User-Agent": "lnmbench"})
    if start:
        request.add_header("Range", f"bytes={start}-")
    try:
        return cast("addinfourl", _opener().open(request, timeout=SECONDS_WITHOUT_A_BYTE))
    except urllib.error.HTTPError as error:
        with error:
            if error.code != 416 or not start:
                raise _status_error(error, url, then) from error
        return _open(url, 0, then)  # the file on the server is shorter than the local part
    except urllib.error.URLError as error:
        raise _connection_error(error.reason, url, then) from error
    except (http.client.HTTPException, OSError) as error:
        raise TransientError(f"the connection failed ({_describe(error)})") from error


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Redirect handler that reports an invalid address as a failed redirect."""

    def http_error_302(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
    ) -> http.client.HTTPResponse | None:
        try:
            return super().http_error_302(req, fp, code, msg, headers)
        except ValueError:
            raise urllib.error.HTTPError(req.full_url, code, msg, headers, fp) from None

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def _opener() -> urllib.request.OpenerDirector:
    """Return an opener without files and ftp, so that no redirect leads to them."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.UnknownHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        _Redirects(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


def _parse_reply(stream: addinfourl) -> Reply:
    if stream.status == 206:
        span = _SPAN.fullmatch(stream.headers.get("Content-Range", ""))
        if span is None:
            raise TransientError("the server sends a part without its byte range")
        return Reply(start=int(span[1]), total=int(span[2]), stream=stream)
    length = stream.headers.get("Content-Length", "")
    total = int(length) if _NUMBER.fullmatch(length) else None
    return Reply(start=0, total=total, stream=stream)


def _status_error(error: urllib.error.HTTPError, url: str, then: str) -> Exception:
    if error.code in _AGAIN:
        wait = str(error.headers.get("Retry-After", ""))
        seconds = float(wait) if _NUMBER.fullmatch(wait) else 0.0
        return TransientError(f"the server answers {error.code}", seconds)
    got = f"{error.code}{_REASONS.get(error.code, '')}"
    return UserError("the server refuses the file", where=url, got=got, then=then)


def _connection_error(reason: object, url: str, then: str) -> Exception:
    if isinstance(reason, socket.gaierror):
        got = "host name not found; check the network connection"
    elif isinstance(reason, ssl.SSLCertVerificationError):
        got = "an untrusted certificate"
    elif isinstance(reason, OSError):
        return TransientError(f"the connection failed ({_describe(reason)})")
    else:
        got = str(reason)[:80]
    return UserError("the server cannot be reached", where=url, got=got, then=then)


def _describe(error: BaseException) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__)[:80]
