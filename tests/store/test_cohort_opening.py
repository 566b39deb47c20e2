"""A cohort file is verified before anything of it is used."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from lnmbench import UserError
from lnmbench.store import cohort_opening, cohort_table, hdf5_checks
from lnmbench.store.cohort_check import check_cohort
from lnmbench.store.cohort_digest import ATTRIBUTES_HASH, hash_attributes
from lnmbench.store.cohort_file import read_cohort, read_masks, read_slices
from lnmbench.store.cohort_opening import is_of_older_format

Change = Callable[[h5py.File], object]


def replaced(name: str, **settings: object) -> Change:
    def change(file: h5py.File) -> None:
        attributes = dict(file[name].attrs)
        del file[name]
        file.create_dataset(name, **settings).attrs.update(attributes)

    return change


def linked(name: str, link: object) -> Change:
    def change(file: h5py.File) -> None:
        del file[name]
        file[name] = link

    return change


def virtual(file: h5py.File) -> None:
    shape = file["slices"].shape
    layout = h5py.VirtualLayout(shape=shape, dtype="<i2")
    layout[:] = h5py.VirtualSource("other.h5", "slices", shape=shape)
    del file["slices"]
    file.create_virtual_dataset("slices", layout)


def with_attribute(name: str, value: object) -> Change:
    """Change an attribute together with the hash of all attributes."""

    def change(file: h5py.File) -> None:
        file.attrs[name] = value
        file.attrs[ATTRIBUTES_HASH] = hash_attributes(file.attrs)

    return change


def with_column(name: str, value: object) -> Change:
    return lambda file: file["columns/age"].attrs.__setitem__(name, value)


def edited(name: str, where: object, value: object) -> Change:
    return lambda file: file[name].__setitem__(where, value)


CHANGES: dict[str, tuple[Change, str]] = {
    "128 GiB never written": (
        replaced("slices", shape=(2**20, 256, 256), dtype="<i2"),
        "'slices' has the shape",
    ),
    "slices of the right shape never written": (
        replaced("slices", shape=(15, 16, 16), dtype="<i2"),
        "declares 7680 bytes that the file does not have",
    ),
    "chunks never written": (
        replaced("masks", shape=(15, 16, 16), dtype="u1", chunks=(1, 16, 16)),
        "declares 3840 bytes that the file does not have",
    ),
    "one huge chunk": (
        replaced("columns/age", shape=(8,), maxshape=(None,), dtype="<f8", chunks=(2**28,)),
        "has chunks of 2147483648 bytes",
    ),
    "slices in compressed chunks": (
        replaced("slices", data=np.zeros((15, 16, 16), np.int16), compression="gzip"),
        "'slices' is in chunks",
    ),
    "slices of another type": (
        replaced("slices", data=np.zeros((15, 16, 16), np.float64)),
        "'slices' has the type float64",
    ),
    "ids of numbers": (replaced("cases/id", data=np.arange(8)), "'id' has the type int64"),
    "too few ids": (replaced("cases/id", data=["a", "b"]), "'id' has the shape (2,)"),
    "two cases of one id": (edited("cases/id", 2, "case-3"), "two cases have one id"),
    "an empty id": (edited("cases/id", 2, ""), "or a case has none"),
    "an infinite number": (edited("columns/age", 2, np.inf), "has an infinite number"),
    "another number": (edited("columns/age", 2, 99), "its ids, its table or its checksums"),
    "an unknown category": (edited("columns/n1", 2, 2), "a category that it does not list"),
    "half a category": (edited("columns/n1", 2, 0.5), "a category that it does not list"),
    "offsets that decrease": (edited("offsets", 2, 9), "not in order"),
    "a checksum": (edited("checksums", (2, 0), 9), "its ids, its table or its checksums"),
    "no offsets": (lambda file: file.__delitem__("offsets"), "the file lacks 'offsets'"),
    "an extra group": (lambda file: file.create_group("extra"), "the file has 'extra'"),
    "a group in place of slices": (linked("slices", h5py.SoftLink("/cases")), "a link"),
    "an external link": (linked("slices", h5py.ExternalLink("other.h5", "slices")), "a link"),
    "a soft link to an external one": (linked("cases", h5py.SoftLink("/offsets")), "a link"),
    "a virtual data set": (virtual, "'slices' is in another file"),
    "a missing attribute": (
        lambda file: file.attrs.__delitem__("card"),
        "lacks or has an attribute",
    ),
    "another card": (
        lambda file: file.attrs.__setitem__("card", str(file.attrs["card"]).replace("l", "m")),
        "was changed",
    ),
    "a nested card": (with_attribute("preprocessing", "[" * 100_000), "recursion|Input|invalid"),
    "an attribute of texts": (with_attribute("card", ["a", "b"]), "is not a single value"),
    "a format of text": (with_attribute("format", "4"), "is not a whole number"),
    "patches of another size": (
        with_attribute("preprocessing", '{"air_hu": -1024, "patch": 99, "spacing_mm": [1, 1, 1]}'),
        "",
    ),
    "a column without its attribute": (
        lambda file: file["columns/age"].attrs.__delitem__("column"),
        "'column' is missing",
    ),
    "a nested column": (with_column("column", "[" * 60_000), "recursion|Input|invalid"),
    "two columns in one position": (with_column("position", 0), "not in order"),
    "a column of another length": (
        replaced("columns/age", data=np.zeros(5)),
        "'age' has the shape (5,)",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_file_is_one_line_for_every_reader(cohort: Path, name: str) -> None:
    change, fault = CHANGES[name]
    with h5py.File(cohort, "r+") as file:
        change(file)
    with pytest.raises(UserError, match="cohort file") as refusal:
        read_cohort(cohort)
    line = str(refusal.value)
    assert len(line.replace(str(cohort), "…")) < 300
    assert any(part in line for part in fault.split("|"))
    with pytest.raises(UserError):
        read_slices(cohort, 0, 1)
    assert check_cohort(cohort).sentences


def test_a_table_that_is_too_large_is_refused(
    cohort: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cohort_table, "LARGEST_TABLE", 20)
    with pytest.raises(UserError, match="the table has 3 columns for 8 cases"):
        read_cohort(cohort)


def test_a_mask_and_a_slice_are_verified_when_they_are_read(cohort: Path) -> None:
    read_cohort(cohort)
    with h5py.File(cohort, "r+") as file:
        file["masks"][1] = 1 - file["masks"][1]
        file["slices"][2] = 0
    read_masks(cohort, 0, 1)
    with pytest.raises(UserError, match="checksum mismatch in masks 1 to 2; delete it"):
        read_masks(cohort, 1, 2)
    with pytest.raises(UserError, match="checksum mismatch in slices 0 to 3"):
        read_slices(cohort, 0, 3)
    assert check_cohort(cohort).cases == ("case-1",)


def test_a_file_is_verified_once_and_again_after_a_change(
    cohort: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cohort_opening, "SETTLED_NS", 0)
    verified: list[str] = []
    verify = cohort_opening.verify_table

    def count(file: h5py.File) -> object:
        verified.append(file.filename)
        return verify(file)

    monkeypatch.setattr(cohort_opening, "verify_table", count)
    for _ in range(3):
        read_cohort(cohort)
    assert len(verified) == 1
    with h5py.File(cohort, "r+") as file:
        file["columns/age"][3] = 7
    with pytest.raises(UserError, match="its ids, its table or its checksums were changed"):
        read_cohort(cohort)


def test_a_file_of_another_program_is_not_called_damaged(cohort: Path) -> None:
    code = "import h5py, sys; f = h5py.File(sys.argv[1], 'r+'); print('open', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(cohort)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(UserError, match="another program holds the cohort file.*close it"):
            read_cohort(cohort)
        damage = check_cohort(cohort)
        other.communicate("\n")
    assert "another program holds the cohort file" in damage.unread
    assert not damage.others
    read_cohort(cohort)


def test_a_drive_without_locks_is_read(cohort: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_file = h5py.File

    def refuse_locks(*words: object, **settings: object) -> h5py.File:
        if settings.get("locking") is not False:
            raise OSError(37, "unable to lock file, errno = 37")
        return open_file(*words, **settings)

    monkeypatch.setattr(hdf5_checks.h5py, "File", refuse_locks)
    assert len(read_cohort(cohort)) == 8


def test_an_older_format_is_told_from_damage(cohort: Path) -> None:
    assert not is_of_older_format(cohort)
    with h5py.File(cohort, "r+") as file:
        file.attrs["format"] = 3
    assert is_of_older_format(cohort)
    cohort.write_bytes(b"no HDF5")
    assert not is_of_older_format(cohort)
