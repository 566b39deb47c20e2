"""Fingerprints of methods."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import partial
from weakref import ReferenceType, ref

_FINGERPRINTS: dict[int, tuple[ReferenceType[object], str]] = {}
"""Fingerprints of the methods in memory."""


def remember(method: object, compute: Callable[[], str]) -> str:
    """Return the fingerprint of a method, computed once.

    A report of many methods reads the fingerprints a million times.
    """
    number = id(method)
    reference, fingerprint = _FINGERPRINTS.get(number, (None, ""))
    if reference is not None and reference() is method:
        return fingerprint
    fingerprint = compute()
    _FINGERPRINTS[number] = (ref(method, partial(_forget, number)), fingerprint)
    return fingerprint


def _forget(number: int, dead: ReferenceType[object]) -> None:
    if _FINGERPRINTS.get(number, (None, ""))[0] is dead:
        del _FINGERPRINTS[number]


def hash_settings(settings: Mapping[str, object]) -> str:
    """Return sixteen hexadecimal digits of the settings of a method, without its label."""
    hashed = dict(settings)
    for name in ("label", "control"):
        hashed.pop(name, None)
    for name, default in (("grid", None), ("network", None), ("region", "tumor")):
        if hashed.get(name, default) == default:
            hashed.pop(name, None)
    text = json.dumps(hashed, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
