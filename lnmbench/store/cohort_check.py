"""Verification of a cohort file: all checksums, and the fingerprint of its content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import h5py
import numpy as np

from lnmbench.errors import UserError
from lnmbench.records import Preprocessing
from lnmbench.store import serialization
from lnmbench.store.cohort_digest import ATTRIBUTES_HASH, CohortDigest, hash_attributes
from lnmbench.store.cohort_file import compute_checksums, open_cohort, read_columns
from lnmbench.store.cohort_scans import Scans

_FAULTS = (OSError, KeyError, ValueError, TypeError, RuntimeError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Faults of a cohort file in sentences; none if it is as it was written."""

    cases: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """One sentence for each fault."""
        return (*(f"the images of case {case!r} are damaged" for case in self.cases), *self.others)


def check_cohort(path: Path) -> Damage:
    """Return the damage of a cohort file; the message of the error if it cannot be opened.

    Raises `UserError` if there is no such file.
    """
    if not path.is_file():
        raise UserError("no such cohort file", where=str(path), then="lnmbench data ingest")
    try:
        with open_cohort(path) as file:
            return _find_damage(file)
    except UserError as error:
        return Damage(others=(str(error),))


def _find_damage(file: h5py.File) -> Damage:
    ids = [str(case) for case in file["cases/id"].asstr()[:]]
    offsets = file["offsets"][:]
    digest = CohortDigest(serialization.unpack(Preprocessing, str(file.attrs["preprocessing"])))
    damaged = _find_damaged_cases(file, ids, offsets.tolist(), digest)
    others = []
    if str(file.attrs[ATTRIBUTES_HASH]) != hash_attributes(file.attrs):
        others.append("its description (card, preprocessing, fingerprint) was changed")
    try:
        digest.add_cases(ids, offsets, Scans.from_arrays(file["cases"]))
        columns, values = read_columns(file)
        for column in columns:
            digest.add_column(column, values[column.name])
    except _FAULTS as error:
        others.append(f"its table is damaged ({str(error)[:80]})")
    else:
        if not damaged and digest.fingerprint() != str(file.attrs["fingerprint"]):
            others.append("its ids or its table were changed: the fingerprint differs")
    return Damage(cases=tuple(damaged), others=tuple(others))


def _find_damaged_cases(
    file: h5py.File, ids: Sequence[str], offsets: Sequence[int], digest: CohortDigest
) -> list[str]:
    damaged = []
    for case, (start, stop) in zip(ids, pairwise(offsets), strict=True):
        try:
            slices = file["slices"][start:stop]
            sound = np.array_equal(compute_checksums(slices), file["checksums"][start:stop])
            digest.add_images(slices, file["masks"][start:stop])
        except _FAULTS:
            sound = False
        if not sound:
            damaged.append(case)
    return damaged
