"""Re-reads a whole cohort file: every checksum, and the fingerprint of what is in it."""

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
from lnmbench.store.cohort_digest import CohortDigest, passport
from lnmbench.store.cohort_file import checksums, opened, read_columns
from lnmbench.store.cohort_scans import Scans

_FAULTS = (OSError, KeyError, ValueError, TypeError, RuntimeError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """What is wrong with a cohort file: sentences, none where it is as it was written."""

    cases: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """One sentence for each fault."""
        return (*(f"the images of case {case!r} are damaged" for case in self.cases), *self.others)


def check_cohort(path: Path) -> Damage:
    """Return what is damaged in a cohort file; a file that cannot be opened is damaged whole.

    Raises `UserError` where there is no such file.
    """
    if not path.is_file():
        raise UserError("no such cohort file", where=str(path), then="lnmbench data ingest")
    try:
        with opened(path) as file:
            return _checked(file)
    except UserError as error:
        return Damage(others=(str(error),))


def _checked(file: h5py.File) -> Damage:
    ids = [str(case) for case in file["cases/id"].asstr()[:]]
    offsets = file["offsets"][:]
    digest = CohortDigest(serialization.unpack(Preprocessing, str(file.attrs["preprocessing"])))
    damaged = _damaged_cases(file, ids, offsets.tolist(), digest)
    others = []
    if str(file.attrs["passport"]) != passport(file.attrs):
        others.append("its description (card, preprocessing, fingerprint) was changed")
    try:
        digest.cases(ids, offsets, Scans.of(file["cases"]))
        columns, values = read_columns(file)
        for column in columns:
            digest.column(column, values[column.name])
    except _FAULTS as error:
        others.append(f"its table is damaged ({str(error)[:80]})")
    else:
        if not damaged and digest.fingerprint() != str(file.attrs["fingerprint"]):
            others.append("its ids or its table are not what was written: the fingerprint differs")
    return Damage(cases=tuple(damaged), others=tuple(others))


def _damaged_cases(
    file: h5py.File, ids: Sequence[str], offsets: Sequence[int], digest: CohortDigest
) -> list[str]:
    damaged = []
    for case, (start, stop) in zip(ids, pairwise(offsets), strict=True):
        try:
            slices = file["slices"][start:stop]
            sound = np.array_equal(checksums(slices), file["checksums"][start:stop])
            digest.images(slices, file["masks"][start:stop])
        except _FAULTS:
            sound = False
        if not sound:
            damaged.append(case)
    return damaged
