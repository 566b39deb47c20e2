"""Pseudonyms: ids replaced by keyed hashes; the key stays in a separate file.

A pseudonym is the first half of HMAC-SHA256 of the id. Without the key, it cannot be traced to a
patient, not even by hashing every possible id; with the same key, the same patient has the same
pseudonym in every cohort.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from lnmbench.errors import UserError
from lnmbench.records import TEXT_ROLES, Case, Column, Volume
from lnmbench.redaction import redact_ids
from lnmbench.store.file_errors import writing

DIGITS = 20
BYTES_OF_A_NEW_KEY = 32
SHORTEST_KEY = 16
LONGEST_KEY = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Pseudonyms:
    """Replaces ids by hashes under one key."""

    key: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """The name of the key: a hash that tells it from other keys."""
        return self._hash("key", "")

    def replace(self, role: str, text: str) -> str:
        """Return the pseudonym of an id, patient or center; an empty text stays empty."""
        return self._hash(role, text) if text else ""

    def replace_ids(self, cases: Sequence[Case], columns: Sequence[Column]) -> list[Case]:
        """Return the cases under pseudonyms, ordered by them, so that the old order is lost."""
        texts = [column for column in columns if column.role in TEXT_ROLES]
        return sorted(
            (self._replace_case_ids(case, texts) for case in cases), key=lambda case: case.id
        )

    def _replace_case_ids(self, case: Case, texts: Sequence[Column]) -> Case:
        new = self.replace("id", case.id)
        values = dict(case.values)
        pseudonyms = {case.id: new}
        for column in texts:
            old = str(values.get(column.name) or "")
            values[column.name] = new if column.role == "id" else self.replace(column.role, old)
            pseudonyms[old] = str(values[column.name])
        volume = None if case.volume is None else _redact_volume(case.volume, pseudonyms)
        return Case(id=new, values=values, volume=volume)

    def _hash(self, role: str, text: str) -> str:
        return hmac.digest(self.key, f"{role}\x00{text}".encode(), "sha256").hex()[:DIGITS]


def read_key(path: Path) -> Pseudonyms:
    """Return the pseudonyms of the key in a file.

    Raises `UserError` if it cannot be read, is not a key, or is readable by others.
    """
    try:
        mode = path.stat().st_mode
        key = path.read_bytes()[: LONGEST_KEY + 1].strip()
    except OSError as error:
        raise UserError(
            "cannot read the key of the pseudonyms",
            where=str(path),
            got=error.strerror or "",
            then="add --new-key to create one" if not path.exists() else "",
        ) from error
    if not SHORTEST_KEY <= len(key) <= LONGEST_KEY:
        raise UserError(
            "the file is not a key of pseudonyms",
            where=str(path),
            expected=f"{SHORTEST_KEY} to {LONGEST_KEY} bytes",
            got=f"{len(key)}" if len(key) <= LONGEST_KEY else "more",
            then="create one with --new-key",
        )
    if os.name != "nt" and mode & 0o077:
        raise UserError(
            "the key of the pseudonyms is readable by others",
            where=str(path),
            expected="mode 600",
            got=f"{mode & 0o777:o}",
            then="run chmod 600 on it",
        )
    return Pseudonyms(key=key)


def make_key(path: Path) -> Pseudonyms:
    """Write a new key that only its owner can read. Raises `UserError` if the file exists."""
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise UserError(
                "the key file already exists", where=str(path), then="omit --new-key"
            ) from error
        with os.fdopen(number, "w", encoding="ascii") as stream:
            stream.write(secrets.token_hex(BYTES_OF_A_NEW_KEY) + "\n")
    with suppress(OSError):
        path.chmod(0o600)
    return read_key(path)


def _redact_volume(
    volume: Callable[[], Volume], pseudonyms: Mapping[str, str]
) -> Callable[[], Volume]:
    """Return the same images, with notes and errors that name no case by its old id."""

    def read() -> Volume:
        try:
            images = volume()
        except UserError as error:
            raise UserError(redact_ids(str(error), pseudonyms)) from None
        return replace(
            images,
            notes=tuple(redact_ids(line, pseudonyms) for line in images.notes),
            warnings=tuple(redact_ids(line, pseudonyms) for line in images.warnings),
        )

    return read
