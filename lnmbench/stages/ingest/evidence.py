"""Evidence that two cases are of one patient, as hashes under a key that ends with the ingest."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from lnmbench.records import Identity, Volume
from lnmbench.store.file_errors import writing

EvidenceKind = Literal["scan", "images", "patient ID", "study", "birth", "stated id", "case id"]

_KEY_BYTES = 32
_DIGEST_BYTES = 16
_HU_LIMITS = (np.iinfo(np.int16).min, np.iinfo(np.int16).max)
# Words that programs write in place of an id, alone or with a number
_PLACEHOLDER = re.compile(
    r"(anon\w*|de-?ident\w*|unknown|unbekannt|none|null|nan|n/?a|no ?(id|name)|patient|test|dummy"
    r"|phantom|removed|redacted|hidden|masked|default|id|x+|[-_.?*#]+|0*|匿名|不详|未知)[\W_]*"
)
_BIRTH_DATE = re.compile(r"(18|19|20)\d\d(?!0101)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")


def read_or_make_key(folder: Path) -> bytes:
    """Return the key of an ingest, which a resumed ingest shares; only its owner can read it.

    The key is removed with the folder of the finished cases. It exists because a date of birth, or
    an id, can be guessed from a hash without a key.
    """
    path = folder / "key"
    with suppress(OSError):
        key = path.read_bytes()
        if len(key) == _KEY_BYTES:
            return key
    key = secrets.token_bytes(_KEY_BYTES)
    with writing(path):
        folder.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "wb") as stream:
            stream.write(key)
    return key


def collect_evidence(
    volume: Volume, slices: NDArray[np.int16], key: bytes, *, case: str = ""
) -> dict[EvidenceKind, str]:
    """Return keyed hashes of a scan's voxels and of its identity, without those that tell nothing.

    Parameters
    ----------
    volume
        The scan.
    slices
        HU of its patches, (s, patch, patch).
    key
        The key of the ingest.
    case
        The id of the case, to find images that state the id of another case.
    """
    texts = _list_texts(volume.identity or Identity())
    evidence = {kind: _hash(text.encode(), key) for kind, text in texts}
    evidence["case id"] = _hash(_fold(case).encode(), key)
    if scan := _hash_scan(volume.image, key):
        evidence["scan"] = scan
    if slices.min(initial=0) != slices.max(initial=0):
        evidence["images"] = _hash(slices.astype("<i2").tobytes(), key)
    return evidence


def _list_texts(identity: Identity) -> Iterator[tuple[EvidenceKind, str]]:
    patient_id = _fold(identity.patient_id)
    if not _PLACEHOLDER.fullmatch(patient_id):
        yield "stated id", patient_id
        yield "patient ID", f"{patient_id}\0{identity.issuer.casefold()}"
    if identity.study:
        yield "study", identity.study
    if _BIRTH_DATE.fullmatch(identity.birth_date):
        yield "birth", f"{identity.birth_date}\0{identity.sex.casefold()}"


def _fold(id_: str) -> str:
    return unicodedata.normalize("NFKC", id_).casefold().strip()


def _hash(content: bytes, key: bytes) -> str:
    return hashlib.blake2b(content, key=key, digest_size=_DIGEST_BYTES).hexdigest()


def _hash_scan(image: sitk.Image, key: bytes) -> str:
    """Return a hash of a scan's HU, however they are stored; empty if all are one value."""
    hasher = hashlib.blake2b(key=key, digest_size=_DIGEST_BYTES)
    voxels = _orient(image)
    hasher.update(str(voxels.shape).encode())
    varies = False
    for plane in voxels:
        if plane.dtype != np.int16:
            plane = np.clip(np.rint(np.nan_to_num(plane)), *_HU_LIMITS)
        hasher.update(np.ascontiguousarray(plane, dtype="<i2").data)
        varies = varies or bool(plane.min() != plane.max())
    return hasher.hexdigest() if varies else ""


def _orient(image: sitk.Image) -> NDArray[Any]:
    """Return a view of the voxels as (z, y, x) along the axes of the patient nearest to theirs."""
    voxels: NDArray[Any] = sitk.GetArrayViewFromImage(image)
    direction = np.reshape(image.GetDirection(), (3, 3))
    nearest = np.abs(direction).argmax(axis=0)  # the patient's axis of each axis of the image
    if sorted(nearest.tolist()) != [0, 1, 2]:
        return voxels
    order = np.argsort(nearest)
    flips = [direction[axis, column] < 0 for axis, column in enumerate(order)]
    by_axis = voxels.transpose([2 - column for column in order[::-1]])
    return by_axis[tuple(slice(None, None, -1 if flip else 1) for flip in flips[::-1])]
