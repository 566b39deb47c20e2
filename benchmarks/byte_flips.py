"""Flipped bytes in the stored files of a small run: detected, without effect, or silent.

    python benchmarks/byte_flips.py --places 500

runs a network and a baseline on a synthetic cohort, changes one byte at each place of its cohort
file, feature cache or ledger, and reads the file as a run or a report does. Half of the places of a
file are drawn from all its bytes, half from those outside the large arrays of images and features.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, TimeoutError
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from lnmbench.config import BenchmarkOptions, read_benchmark
from lnmbench.errors import UserError
from lnmbench.progress import make_progress
from lnmbench.records import Choice, Preprocessing, RunFolders
from lnmbench.registry import Registry
from lnmbench.stages.ingest import IngestOptions
from lnmbench.stages.run import run
from lnmbench.store import serialization
from lnmbench.store.cohort_file import read_cohort, read_masks, read_scans, read_slices
from lnmbench.store.feature_cache import FeatureCache, read_features
from lnmbench.store.ledger import FILE, LedgerReader

BENCHMARK: BenchmarkOptions = {
    "dataset": "synthetic:n=24",
    "encoder": ("resnet18:weights=random",),
    "aux": ("none", "pt"),
    "baseline": ("logistic",),
    "repeats": 1,
    "folds": 2,
    "inner": 2,
    "training": {"max_epochs": 2},
}
DETECTED, NO_EFFECT = "detected", "without effect"
SILENT, TRACEBACK, CRASH, HANG = "silent", "traceback", "crash", "hang"
OUTCOMES = (DETECTED, NO_EFFECT, SILENT, TRACEBACK, CRASH, HANG)
SECONDS_TO_HANG = 60
LARGE_BYTES = 2**14


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """One kind of stored file: its path, and the function that reads all of it."""

    kind: str
    path: Path
    read: Callable[[Path], object]


def read_cohort_file(path: Path) -> object:
    """Return everything that a run reads of a cohort file."""
    cohort = read_cohort(path)
    total = int(cohort.offsets[-1])
    scans, left_out = read_scans(path)
    return (
        *(cohort.name, cohort.ids, cohort.columns, cohort.card, cohort.fingerprint, left_out),
        *({name: repr(values.tolist()) for name, values in cohort.values.items()},),
        *(cohort.preprocessing, cohort.offsets.tolist()),
        [array.tobytes() for array in scans.arrays().values()],
        *(read_slices(path, 0, total).tobytes(), read_masks(path, 0, total).tobytes()),
    )


def read_feature_cache(path: Path) -> object:
    """Return the arrays of a feature cache; its key is that of the unchanged file."""
    key = path.with_suffix(".key").read_text(encoding="utf-8")
    arrays = read_features(FeatureCache(path=path, key=key))
    return {name: array.tobytes() for name, array in arrays.items()}


def read_ledger(path: Path) -> object:
    """Return everything that reports and exports read of a ledger."""
    with LedgerReader.open(path.parent) as ledger:
        plan = ledger.plan()
        labels, profile = ledger.labels(), ledger.profile()
        return (
            *(plan.ids, plan.truth.tolist(), plan.patients.tolist(), plan.notes, plan.protocol),
            *(plan.splits.outer.tolist(), plan.splits.inner.tolist()),
            # as text: NaN differs from itself
            None if profile is None else serialization.pack(profile),
            [serialization.pack(manifest) for manifest in ledger.manifests()],
            {name: labels[name].values.tobytes() for name in labels},
            *(_read_method(ledger, method.fingerprint, labels) for method in ledger.methods()),
        )


def _read_method(ledger: LedgerReader, method: str, tasks: object) -> object:
    names = ["target", *(tasks if isinstance(tasks, dict) else ())]
    curve = ledger.curve(method)
    return (
        *(sorted(ledger.done(method)), repr(ledger.cost(method)), ledger.search(method)),
        {name: ledger.predictions(method, name).tobytes() for name in names},
        [(*unit, values.tobytes()) for *unit, values in ledger.validation(method)],
        curve and (curve.training.tobytes(), curve.validation.tobytes()),
    )


def make_run(folder: Path) -> list[StoredFile]:
    """Run the benchmark in a folder, and return its stored files."""
    with make_progress() as progress:
        results = run(
            read_benchmark(None, BENCHMARK),
            Registry(),
            folders=RunFolders(home=folder / "home", out=folder / "run"),
            executor=Choice(name="inline"),
            workers=1,
            plugins=(),
            progress=progress,
            ingest_options=IngestOptions(preprocessing=Preprocessing(patch=32)),
        )
    (cohort,) = (folder / "home" / "cohorts").glob("*.h5")
    (features,) = (folder / "home" / "features").glob("*.h5")
    with h5py.File(features) as file:
        features.with_suffix(".key").write_text(str(file.attrs["key"]), encoding="utf-8")
    return [
        StoredFile(kind="cohort", path=cohort, read=read_cohort_file),
        StoredFile(kind="features", path=features, read=read_feature_cache),
        StoredFile(kind="ledger", path=results / FILE, read=read_ledger),
    ]


def draw_places(path: Path, count: int, random: np.random.Generator) -> list[int]:
    """Return positions of bytes: half of them anywhere, half outside the large arrays."""
    size = path.stat().st_size
    is_small = np.ones(size, dtype=np.bool_)
    if h5py.is_hdf5(path):
        with h5py.File(path) as file:
            file.visititems(lambda _, item: _mark_large(item, is_small))
    others: NDArray[np.int64] = np.flatnonzero(is_small)
    return [
        *random.integers(0, size, count - count // 2).tolist(),
        *random.choice(others, count // 2).tolist(),
    ]


def _mark_large(item: object, is_small: NDArray[np.bool_]) -> None:
    if isinstance(item, h5py.Dataset) and item.id.get_offset() and item.nbytes > LARGE_BYTES:
        start = item.id.get_offset()
        is_small[start : start + item.nbytes] = False


def try_flip(file: StoredFile, position: int, mask: int, expected: object) -> tuple[str, str]:
    """Return the outcome of a changed byte, and the message.

    Parameters
    ----------
    file
        The file, which is as it was when the function returns.
    position
        Position of the byte.
    mask
        The bits that change.
    expected
        What is read of the unchanged file.
    """
    whole = file.path.read_bytes()
    changed = bytearray(whole)
    changed[position] ^= mask
    file.path.write_bytes(bytes(changed))
    try:
        outcome = NO_EFFECT if file.read(file.path) == expected else SILENT
        return outcome, ""
    except UserError as error:
        return DETECTED, str(error).replace(str(file.path.parent), "…")
    except Exception as error:
        return TRACEBACK, f"{type(error).__name__}: {error}"
    finally:
        file.path.write_bytes(whole)


def count_outcomes(
    files: list[StoredFile], places: int, seed: int, pool: Executor | None
) -> tuple[dict[str, Counter[str]], list[str]]:
    """Return the number of each outcome by kind of file, and a line for each bad one.

    Parameters
    ----------
    files
        The files of a run.
    places
        Number of bytes to change, over all files.
    seed
        Seed of the places.
    pool
        Process in which a crash does no harm; None for this process.
    """
    random = np.random.default_rng(seed)
    counts: dict[str, Counter[str]] = {}
    bad: list[str] = []
    for number, file in enumerate(files):
        share = places // len(files) + (number < places % len(files))
        expected = file.read(file.path)
        counts[file.kind] = Counter()
        for position in draw_places(file.path, share, random):
            mask = int(random.integers(1, 256))
            whole = file.path.read_bytes()
            try:
                outcome, line = (
                    try_flip(file, position, mask, expected)
                    if pool is None
                    else pool.submit(try_flip, file, position, mask, expected).result(
                        timeout=SECONDS_TO_HANG
                    )
                )
            except (BrokenProcessPool, TimeoutError) as error:
                outcome = HANG if isinstance(error, TimeoutError) else CRASH
                bad.append(f"{file.kind}, byte {position} ^ {mask}: {outcome}")
                file.path.write_bytes(whole)
                return counts, bad
            counts[file.kind][outcome] += 1
            if outcome not in (DETECTED, NO_EFFECT):
                bad.append(f"{file.kind}, byte {position} ^ {mask}: {outcome} {line}")
    return counts, bad


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--places", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--in-process", action="store_true", help="do not survive a crash")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = make_run(Path(folder))
        if options.in_process:
            counts, bad = count_outcomes(files, options.places, options.seed, None)
        else:
            with ProcessPoolExecutor(max_workers=1) as pool:
                counts, bad = count_outcomes(files, options.places, options.seed, pool)
        sizes = {file.kind: file.path.stat().st_size for file in files}
    print("| file | bytes | places | " + " | ".join(OUTCOMES) + " |")
    print("|---|" + "---:|" * (len(OUTCOMES) + 2))
    for kind, counter in counts.items():
        cells = (sizes[kind], counter.total(), *(counter[outcome] for outcome in OUTCOMES))
        print(f"| {kind} | " + " | ".join(map(str, cells)) + " |")
    total: Counter[str] = sum(counts.values(), Counter())
    cells = (total.total(), *(total[outcome] for outcome in OUTCOMES))
    print("| all | | " + " | ".join(map(str, cells)) + " |")
    for line in bad:
        print(line)


if __name__ == "__main__":
    main()
