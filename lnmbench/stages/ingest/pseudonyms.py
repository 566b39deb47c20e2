"""Ids replaced by keyed hashes; the key stays in a file of its own.

A pseudonym is the first half of HMAC-SHA256 of the id. Without the key, nobody can tell which
patient it stands for, not even by hashing every id that there might be; with the same key, the
same patient has the same pseudonym in every cohort.
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
from lnmbench.store.atomic import writing

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
        """What tells this key from others, and nothing else of it."""
        return self._hash("key", "")

    def replace(self, role: str, text: str) -> str:
        """Return what stands for an id, patient or center; an empty text stays empty."""
        return self._hash(role, text) if text else ""

    def cases(self, cases: Sequence[Case], columns: Sequence[Column]) -> list[Case]:
        """Return the cases under pseudonyms, in an order that tells nothing of the old one."""
        texts = [column for column in columns if column.role in TEXT_ROLES]
        return sorted((self._case(case, texts) for case in cases), key=lambda case: case.id)

    def _case(self, case: Case, texts: Sequence[Column]) -> Case:
        new = self.replace("id", case.id)
        values = dict(case.values)
        terms = {case.id: new}
        for column in texts:
            old = str(values.get(column.name) or "")
            values[column.name] = new if column.role == "id" else self.replace(column.role, old)
            terms[old] = str(values[column.name])
        volume = None if case.volume is None else _scrubbing(case.volume, terms)
        return Case(id=new, values=values, volume=volume)

    def _hash(self, role: str, text: str) -> str:
        return hmac.digest(self.key, f"{role}\x00{text}".encode(), "sha256").hex()[:DIGITS]


def read_key(path: Path) -> Pseudonyms:
    """Return the pseudonyms of the key in a file.

    Raises `UserError` where it cannot be read, is no key, or is open to others.
    """
    try:
        mode = path.stat().st_mode
        key = path.read_bytes()[: LONGEST_KEY + 1].strip()
    except OSError as error:
        raise UserError(
            "the key of the pseudonyms cannot be read",
            where=str(path),
            got=error.strerror or "",
            then="add --new-key to have one made there" if not path.exists() else "",
        ) from error
    if not SHORTEST_KEY <= len(key) <= LONGEST_KEY:
        raise UserError(
            "this is no key for pseudonyms",
            where=str(path),
            expected=f"{SHORTEST_KEY} to {LONGEST_KEY} bytes",
            got=f"{len(key)}" if len(key) <= LONGEST_KEY else "more",
            then="have one made with --new-key",
        )
    if os.name != "nt" and mode & 0o077:
        raise UserError(
            "others can read the key of the pseudonyms",
            where=str(path),
            expected="mode 600",
            got=f"{mode & 0o777:o}",
            then="chmod 600",
        )
    return Pseudonyms(key=key)


def make_key(path: Path) -> Pseudonyms:
    """Write a new key that only its owner can read. Raises `UserError` where a file is there."""
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise UserError(
                "the key file is there already", where=str(path), then="leave --new-key out"
            ) from error
        with os.fdopen(number, "w", encoding="ascii") as stream:
            stream.write(secrets.token_hex(BYTES_OF_A_NEW_KEY) + "\n")
    with suppress(OSError):
        path.chmod(0o600)
    return read_key(path)


def _scrubbing(volume: Callable[[], Volume], terms: Mapping[str, str]) -> Callable[[], Volume]:
    """The same images, with sentences and errors that name no case by its old id."""

    def read() -> Volume:
        try:
            found = volume()
        except UserError as error:
            raise UserError(redact_ids(str(error), terms)) from None
        return replace(found, found=tuple(redact_ids(line, terms) for line in found.found))

    return read
