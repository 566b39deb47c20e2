"""Damaged cohort files, keys and reports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np

from lnmbench import Card, Column
from lnmbench.records import Case, Preprocessing
from lnmbench.stages.ingest import make_key, read_key
from lnmbench.stages.ingest.encode_table import refuse_duplicate_ids
from lnmbench.store.cohort_file import read_cohort, read_slices
from lnmbench.store.cohort_writer import writing_cohort
from lnmbench.store.source_hashes import hash_sources

CARD = Card(title="t", license="l", source="s", citation="c", labels="x")


def _written(folder: Path) -> Path:
    path = folder / "cohort.h5"
    with writing_cohort(path, Preprocessing(patch=16), slices=2) as writer:
        hu = np.random.default_rng(0).integers(-1000, 400, (2, 16, 16), dtype=np.int16)
        writer.append(hu, np.ones((2, 16, 16), np.uint8))
        writer.finish(
            dataset="made",
            ids=["a"],
            columns=[Column(name="age", role="feature")],
            values={"age": [60.0]},
            card=CARD,
            software="test",
        )
    return path


def cut_off(folder: Path) -> object:
    path = _written(folder)
    path.write_bytes(path.read_bytes()[:100])
    return read_cohort(path)


def flipped_byte(folder: Path) -> object:
    path = _written(folder)
    with h5py.File(path) as file:
        place = file["slices"].id.get_offset()
    raw = bytearray(path.read_bytes())
    raw[place + 7] ^= 0xFF
    path.write_bytes(bytes(raw))
    return read_slices(path, 0, 1)


def no_hdf5(folder: Path) -> object:
    path = folder / "cohort.h5"
    path.write_text("not a cohort", encoding="utf-8")
    return read_cohort(path)


def other_hdf5(folder: Path) -> object:
    path = folder / "cohort.h5"
    with h5py.File(path, "w") as file:
        file["x"] = 1
    return read_cohort(path)


def older_format(folder: Path) -> object:
    path = _written(folder)
    with h5py.File(path, "r+") as file:
        file.attrs["format"] = 1
    return read_cohort(path)


def a_column_gone(folder: Path) -> object:
    path = _written(folder)
    with h5py.File(path, "r+") as file:
        del file["columns"]
    return read_cohort(path)


def source_gone(folder: Path) -> object:
    return hash_sources([folder / "gone.dcm"], home=folder, workers=1)


def no_cases(folder: Path) -> object:
    return refuse_duplicate_ids([], "made")


def two_cases_of_one_id(folder: Path) -> object:
    return refuse_duplicate_ids([Case(id="a"), Case(id="a")], "made")


def no_key(folder: Path) -> object:
    return read_key(folder / "key")


def short_key(folder: Path) -> object:
    (folder / "key").write_text("secret", encoding="utf-8")
    return read_key(folder / "key")


def open_key(folder: Path) -> object:
    make_key(folder / "key")
    (folder / "key").chmod(0o644)
    return read_key(folder / "key")


def second_key(folder: Path) -> object:
    make_key(folder / "key")
    return make_key(folder / "key")


KINDS: dict[str, Callable[[Path], object]] = {
    "a truncated cohort file": cut_off,
    "a cohort file with a flipped byte": flipped_byte,
    "a cohort file that is not HDF5": no_hdf5,
    "an HDF5 file that is not a cohort": other_hdf5,
    "a cohort file of an older format": older_format,
    "a cohort file without its table": a_column_gone,
    "a missing source file": source_gone,
    "a data set without cases": no_cases,
    "two cases with one id": two_cases_of_one_id,
    "a missing key file": no_key,
    "a key that is too short": short_key,
    "a key that others can read": open_key,
    "a new key over an existing one": second_key,
}
