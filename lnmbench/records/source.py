"""Sources of data sets: files to download, or steps for the user."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from lnmbench.errors import UserError

_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[A-Za-z0-9][\w .+-]*(?:/[A-Za-z0-9][\w .+-]*)*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFile:
    """File at a public address that needs no login.

    `name` is its path below the folder of the download, with `/`. `sha256` (64
    hex digits) and `bytes` (its size) are those of the content that the data set was tested with.

    Raises `UserError` for an address that is not http or https, a name that may lead out of the
    folder, and a checksum or a size that cannot be one.
    """

    url: str
    name: str
    sha256: str
    bytes: int

    def __post_init__(self) -> None:
        if urlsplit(self.url).scheme not in ("http", "https") or not urlsplit(self.url).hostname:
            self._refuse("url", "an address that begins with https:// or http://", self.url)
        if not _NAME.fullmatch(self.name):
            self._refuse("name", "a plain file name, folders before it joined by /", self.name)
        if not _SHA256.fullmatch(self.sha256):
            self._refuse("sha256", "64 lower-case hexadecimal digits", self.sha256)
        if self.bytes < 1:
            self._refuse("bytes", "the size of the file", str(self.bytes))

    def _refuse(self, field: str, expected: str, got: str) -> None:
        raise UserError(
            f"{field} of a file to download cannot be used", expected=expected, got=repr(got[:80])
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Source of a data set: files to download, or steps for its user.

    A data set's factory has it as its class attribute `source`. `steps` are sentences in their
    order, without numbers; with files, they are what remains to do by hand.
    """

    license: str
    steps: tuple[str, ...] = ()
    files: tuple[RemoteFile, ...] = ()
    citation: str = ""

    def __post_init__(self) -> None:
        if not self.steps and not self.files:
            raise UserError("a source needs steps or files", got="neither")
        names = [file.name.casefold() for file in self.files]
        if len(set(names)) < len(names):
            raise UserError("two files of a source have one name", got=", ".join(names)[:120])
