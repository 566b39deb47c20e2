"""Sources of data sets: safe addresses and file names."""

from __future__ import annotations

import pytest

from lnmbench import UserError
from lnmbench.records import RemoteFile, Source


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "../data.csv"},
        {"name": "a/../../b"},
        {"name": "/etc/x"},
        {"name": "a\\b"},
        {"name": ".hidden"},
        {"name": "C:/x"},
        {"name": "a\n"},
        {"name": ""},
        {"url": "file:///etc/passwd"},
        {"url": "ftp://host/x"},
        {"url": "https:///x"},
        {"sha256": "abc"},
        {"bytes": 0},
    ],
    ids=str,
)
def test_unsafe_addresses_and_names_are_refused(changed: dict[str, object]) -> None:
    valid = {"url": "https://host/x", "name": "a/b c.csv", "sha256": "0" * 64, "bytes": 1}
    RemoteFile(**valid)
    (field,) = changed
    with pytest.raises(UserError, match=f"{field} of a file to download"):
        RemoteFile(**{**valid, **changed})


def test_a_source_has_steps_or_files_each_with_its_name() -> None:
    with pytest.raises(UserError, match="steps or files"):
        Source(license="CC0")
    files = [
        RemoteFile(url="https://host/x", name=name, sha256="0" * 64, bytes=1) for name in ("a", "A")
    ]
    with pytest.raises(UserError, match="one name"):
        Source(license="CC0", files=tuple(files))
