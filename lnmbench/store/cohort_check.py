"""Verification of a cohort file: all checksums, and the fingerprint of its content."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import h5py
import numpy as np

from lnmbench.errors import UserError
from lnmbench.store.box_table import read_box
from lnmbench.store.cohort_digest import CohortDigest
from lnmbench.store.cohort_opening import FAULTS, open_cohort
from lnmbench.store.cohort_table import StoredTable, add_table, compute_checksums, read_table
from lnmbench.store.file_errors import FileProblem, classify
from lnmbench.store.hdf5_checks import open_hdf5


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Faults of a cohort file in sentences; none if it is as it was written.

    `unread` is the reason why it cannot be read now, although it may be intact: another program
    holds it, or there is no permission.
    """

    cases: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    unread: str = ""

    @property
    def sentences(self) -> tuple[str, ...]:
        """One sentence for each fault."""
        unread = (self.unread,) if self.unread else ()
        return (
            *unread,
            *(f"the images of case {case!r} are damaged" for case in self.cases),
            *self.others,
        )


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
        if error.__cause__ and classify(error.__cause__) is not FileProblem.content:
            return Damage(unread=str(error))
        return Damage(cases=_find_damaged_cases(path), others=(str(error),))


def _find_damage(file: h5py.File) -> Damage:
    table = read_table(file)
    digest = CohortDigest(table.preprocessing)
    damaged = _read_images(file, table, digest)
    others = []
    add_table(digest, table)
    if not damaged and digest.fingerprint() != str(file.attrs["fingerprint"]):
        others.append("its ids or its table were changed: the fingerprint differs")
    return Damage(cases=tuple(damaged), others=tuple(others))


def _find_damaged_cases(path: Path) -> tuple[str, ...]:
    """Return the damaged cases of a file whose table is damaged, as far as it can be read."""
    try:
        with open_hdf5(path) as file:
            table = read_table(file)
            return tuple(_read_images(file, table, CohortDigest(table.preprocessing)))
    except FAULTS:
        return ()


def _read_images(file: h5py.File, table: StoredTable, digest: CohortDigest) -> list[str]:
    """Add all images to the digest, and return the cases whose images are damaged."""
    damaged = []
    bounds = enumerate(pairwise(table.offsets.tolist()))
    for case, (number, (start, stop)) in zip(table.ids, bounds, strict=True):
        try:
            slices, masks = file["slices"][start:stop], file["masks"][start:stop]
            computed = compute_checksums(slices, masks)
            sound = np.array_equal(computed, file["checksums"][start:stop])
            digest.add_images(slices, masks)
            box = None if table.boxes is None else read_box(file, number)
            if box is not None:
                digest.add_images(box.hu, box.mask)
        except FAULTS:
            sound = False
        if not sound:
            damaged.append(case)
    return damaged
