"""The part of a cohort file without pixels."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np

from lnmbench.store.cohort_digest import CohortDigest
from lnmbench.store.cohort_table import add_table, compute_checksums, compute_crc, verify_table


def test_the_table_is_read_with_its_hash(cohort: Path) -> None:
    with h5py.File(cohort) as file:
        table = verify_table(file)
        digest = CohortDigest(table.preprocessing)
        digest.add_checksums(file["checksums"][:])
        add_table(digest, table)
        assert digest.fingerprint() == file.attrs["table_hash"]
    assert table.ids[:2] == ("case-0", "case-1")
    assert [column.name for column in table.columns] == ["who", "age", "n1"]
    assert table.offsets.tolist() == [0, 1, 3, 6, 7, 9, 12, 13, 15]


def test_each_slice_and_each_mask_has_a_checksum() -> None:
    slices, masks = np.zeros((3, 4, 4), np.int16), np.ones((3, 4, 4), np.uint8)
    slices[1, 0, 0] = 1
    checksums = compute_checksums(slices, masks)
    assert checksums.shape == (3, 2)
    assert checksums[0, 0] == checksums[2, 0] != checksums[1, 0]
    np.testing.assert_array_equal(checksums[:, 1], compute_crc(masks))
