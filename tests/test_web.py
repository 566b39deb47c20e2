"""Replies of web servers; downloads are tested in test_remote_file."""

from __future__ import annotations

import io
import urllib.error
import urllib.request
from email.message import Message
from types import SimpleNamespace
from typing import Any

import pytest

from lnmbench import UserError, web
from lnmbench.web import TransientError, request_file


def answer(monkeypatch: pytest.MonkeyPatch, result: object) -> list[urllib.request.Request]:
    """Let the opener return a stream or raise an error; return the requests that it gets."""
    requests = []

    def open_url(request: urllib.request.Request, **_: object) -> Any:
        requests.append(request)
        if isinstance(result, BaseException):
            raise result
        return result

    monkeypatch.setattr(web, "_opener", lambda watchdog: SimpleNamespace(open=open_url))
    return requests


def stream(status: int, **headers: str) -> Any:
    message = Message()
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    body = io.BytesIO(b"content")
    body.status, body.headers = status, message  # type: ignore[attr-defined]
    return body


def error(code: int, **headers: str) -> urllib.error.HTTPError:
    return urllib.error.HTTPError("https://host/x", code, "", stream(code, **headers).headers, None)


def test_a_range_is_requested_and_the_reply_says_where_it_begins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    requests = answer(monkeypatch, stream(206, Content_Range="bytes 5-6/7"))
    with request_file("https://host/x", 5, then="stop") as reply:
        assert (reply.start, reply.total) == (5, 7)
        assert reply.read(3) == b"con"
    assert requests[0].get_header("Range") == "bytes=5-"


def test_a_server_without_ranges_sends_the_file_from_its_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer(monkeypatch, stream(200, Content_Length="seven"))
    with request_file("https://host/x", 5, then="stop") as reply:
        assert (reply.start, reply.total) == (0, None)


@pytest.mark.parametrize(
    ("failure", "wait_s"),
    [
        (error(503), 0.0),
        (error(429, Retry_After="9"), 9.0),
        (ConnectionResetError(104, "reset"), 0),
    ],
    ids=["503", "429", "reset"],
)
def test_a_retry_may_help(
    monkeypatch: pytest.MonkeyPatch, failure: BaseException, wait_s: float
) -> None:
    answer(monkeypatch, failure)
    with pytest.raises(TransientError) as transient, request_file("https://host/x", 0, then="stop"):
        pass
    assert transient.value.wait_s == wait_s


def test_a_refusal_names_the_reason_and_the_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, error(404))
    refused = pytest.raises(UserError, match=r"refuses the file \(https://host/x\).*404.*; stop$")
    with refused, request_file("https://host/x", 0, then="stop"):
        pass


@pytest.mark.parametrize("to", ["http://host/x", "ftp://host/x", "file:///etc/passwd"])
def test_a_redirect_of_a_secure_address_stays_secure(to: str) -> None:
    headers = Message()
    headers["Location"] = to
    request = urllib.request.Request("https://host/x")
    with pytest.raises(urllib.error.HTTPError):
        web._Redirects().http_error_302(request, io.BytesIO(), 302, "", headers)  # type: ignore[arg-type]


def test_a_name_that_no_host_can_have_is_one_line() -> None:
    url = f"https://{'a' * 70}/x"
    with pytest.raises(UserError, match="cannot be reached"), request_file(url, 0, then="stop"):
        pass
