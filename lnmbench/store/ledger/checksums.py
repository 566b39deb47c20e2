"""Checksums of a ledger: SHA-256 of all rows that belong to one part.

A part is the plan, the profile, a method with its planned units, the labels of an auxiliary task, a
probe, a manifest, or a unit with its results. The rows are hashed as they are read from the file.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping

from lnmbench.store.ledger.schema import OPTIONAL_TABLES, find_optional

Queries = tuple[str, ...]

PARTS: Mapping[str, Queries] = {
    "plan": (
        "SELECT name, value FROM facts WHERE name <> 'profile' ORDER BY name",
        "SELECT case_number, case_id, truth, patient FROM cases ORDER BY case_number",
        "SELECT outcome, case_number, value FROM outcome_labels ORDER BY outcome, case_number",
        "SELECT repeat, fold, case_number, part, inner_fold FROM splits"
        " ORDER BY repeat, fold, case_number",
    ),
    "profile": ("SELECT value FROM facts WHERE name = 'profile'",),
    "method": (
        "SELECT method, label, kind, record FROM methods WHERE method = ?1",
        "SELECT unit, repeat, fold FROM units WHERE method = ?1 ORDER BY unit",
    ),
    "task": (
        "SELECT task, title, kind, known, shape FROM tasks WHERE task = ?1",
        "SELECT output, case_number, value FROM labels WHERE task = ?1"
        " ORDER BY output, case_number",
    ),
    "probe": ("SELECT probe, record FROM probes WHERE probe = ?1",),
    "manifest": ("SELECT number, created, manifest FROM manifests WHERE number = ?1",),
    "unit": (
        "SELECT unit, method, repeat, fold, state, seconds, device_seconds, memory_mb, fits,"
        " epochs, settings FROM units WHERE unit = ?1",
        "SELECT task, output, case_number, value FROM predictions WHERE unit = ?1"
        " ORDER BY task, output, case_number",
        "SELECT hex(probabilities) FROM validation WHERE unit = ?1",
        "SELECT inner_fold, epoch, training_loss, validation_loss FROM histories"
        " WHERE unit = ?1 ORDER BY inner_fold, epoch",
        "SELECT candidate, settings, mean_loss, inner_losses, chosen FROM search"
        " WHERE unit = ?1 ORDER BY candidate",
    ),
    "permuted": (
        "SELECT kind, name, hex(probabilities) FROM permuted WHERE unit = ?1 ORDER BY kind, name",
    ),
    "equations": ("SELECT record FROM equations WHERE unit = ?1",),
    "selections": ("SELECT record FROM selections WHERE unit = ?1",),
    "final_models": ("SELECT record FROM final_models WHERE method = ?1",),
}
"""Queries of the rows of each part; `?1` is the key of the part, empty for a single one."""

KEYS: Mapping[str, str] = {
    "plan": "SELECT ''",
    "profile": "SELECT '' FROM facts WHERE name = 'profile'",
    "method": "SELECT method FROM methods",
    "task": "SELECT task FROM tasks",
    "probe": "SELECT probe FROM probes",
    "manifest": "SELECT number FROM manifests",
    "unit": "SELECT unit FROM units WHERE state <> 'planned'",
    "permuted": "SELECT DISTINCT unit FROM permuted",
    "equations": "SELECT unit FROM equations",
    "selections": "SELECT unit FROM selections",
    "final_models": "SELECT method FROM final_models",
}
"""Queries of the keys of each part that a ledger has; an optional table is a part of its name."""


def hash_part(database: sqlite3.Connection, part: str, key: str | int = "") -> str:
    """Return the checksum of the rows of a part.

    Parameters
    ----------
    database
        A ledger.
    part
        A name of `PARTS`.
    key
        The method, task, probe, number of the manifest or number of the unit; empty for the others.
    """
    digest = hashlib.sha256()
    for query in PARTS[part]:
        parameters = (key,) if "?1" in query else ()
        rows = database.execute(query, parameters).fetchall()
        digest.update(json.dumps(rows, separators=(",", ":"), default=_hex).encode())
        digest.update(b"\n")
    return digest.hexdigest()


def store_checksum(database: sqlite3.Connection, part: str, key: str | int = "") -> None:
    """Store the checksum of a part whose rows were written."""
    row = (part, str(key), hash_part(database, part, key))
    database.execute("INSERT OR REPLACE INTO checksums VALUES (?, ?, ?)", row)


def list_keys(database: sqlite3.Connection) -> Mapping[str, str]:
    """Return the queries of `KEYS` for the tables that a ledger has."""
    absent = frozenset(OPTIONAL_TABLES) - find_optional(database)
    return {part: query for part, query in KEYS.items() if part not in absent}


def find_mismatches(database: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Yield (part, key) of each part whose rows differ from its checksum, or that lacks one."""
    stored = {
        (part, key): sha256
        for part, key, sha256 in database.execute("SELECT part, key, sha256 FROM checksums")
    }
    for part, query in list_keys(database).items():
        for (key,) in database.execute(query).fetchall():
            sha256 = stored.pop((part, str(key)), None)
            if sha256 != hash_part(database, part, key):
                yield part, str(key)
    yield from stored


def _hex(value: object) -> str:
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"{type(value).__name__} in a ledger")
