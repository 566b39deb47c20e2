"""ingest: a data set's cases become one cohort file, kept and used again."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import numpy as np

from lnmbench.contracts import Dataset, Progress
from lnmbench.errors import UserError
from lnmbench.imaging.geometry import Patches, to_patches
from lnmbench.records import TEXT_ROLES, Case, Choice, Column, Preprocessing
from lnmbench.registry import Registry
from lnmbench.store import packing
from lnmbench.store.atomic import alone
from lnmbench.store.cohort_file import CohortWriter, read_cohort, writing_cohort


def ingest(
    choice: Choice,
    registry: Registry,
    *,
    home: Path,
    preprocessing: Preprocessing,
    workers: int,
    progress: Progress,
) -> Path:
    """Return the cohort file of a data set, made now or found in `home`.

    A file is found again when data set, parameters, preprocessing, plugin version and the
    contents of every source file are the same. `workers` threads read and resample images; cases
    are written in the order of the data set, so that the fingerprint does not depend on them.
    """
    bound = registry.bind("dataset", choice)
    dataset: Dataset = registry.build("dataset", bound)
    for note in dataset.notes:
        progress.say(note)
    key = _key(bound, registry, dataset, preprocessing)
    slug = re.sub(r"[^A-Za-z0-9]+", "-", bound.name)
    path = home / "cohorts" / f"{slug}-{key}.h5"
    if path.is_file():
        progress.say(f"cohort {bound.name}: found in {path}")
        return path
    cases = list(dataset.cases())
    _refuse_doubles(cases, bound.name)
    values = _encoded(cases, dataset.columns)
    with alone(path):
        if not path.is_file():
            _write(path, str(choice), dataset, cases, values, preprocessing, workers, progress)
    cohort = read_cohort(path)
    slices = int(cohort.offsets[-1])
    progress.say(f"cohort {bound.name}: {len(cohort)} cases, {slices} slices, kept in {path}")
    return path


def _write(
    path: Path,
    name: str,
    dataset: Dataset,
    cases: Sequence[Case],
    values: Mapping[str, Sequence[float] | Sequence[str]],
    preprocessing: Preprocessing,
    workers: int,
    progress: Progress,
) -> None:
    with writing_cohort(path, preprocessing) as writer:
        _write_images(cases, writer, preprocessing, workers, progress)
        writer.finish(
            dataset=name,
            ids=[case.id for case in cases],
            columns=dataset.columns,
            values=values,
            card=dataset.card,
            software=f"lnmbench {version('lnmbench')}",
        )


def _key(bound: Choice, registry: Registry, dataset: Dataset, preprocessing: Preprocessing) -> str:
    parameters = {name: str(value) for name, value in bound.parameters.items()}
    facts = [
        bound.name,
        parameters,
        registry.version("dataset", bound.name),
        version("lnmbench"),
        packing.pack(preprocessing),
        [hashlib.sha256(Path(source).read_bytes()).hexdigest() for source in dataset.sources],
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def _refuse_doubles(cases: Sequence[Case], name: str) -> None:
    if not cases:
        raise UserError(f"data set {name} has no cases", then="look into its source")
    doubles = [case for case, count in Counter(case.id for case in cases).items() if count > 1]
    if doubles:
        raise UserError(
            f"data set {name} has {len(doubles)} ids more than once",
            expected="one row for each case",
            got=f"e.g. {doubles[0][:40]!r}",
            then="give repeated patients ids of their own and a column with the role patient",
        )


def _encoded(
    cases: Sequence[Case], columns: Sequence[Column]
) -> dict[str, Sequence[float] | Sequence[str]]:
    values: dict[str, Sequence[float] | Sequence[str]] = {}
    for column in columns:
        cells = [(case.values.get(column.name), case.id) for case in cases]
        if column.role == "id":
            values[column.name] = [case.id for case in cases]
        elif column.role in TEXT_ROLES:
            values[column.name] = ["" if cell is None else str(cell) for cell, _ in cells]
        else:
            values[column.name] = [
                column.encode(cell, where=f"case {name[:40]!r}") for cell, name in cells
            ]
    return values


def _write_images(
    cases: Sequence[Case],
    writer: CohortWriter,
    preprocessing: Preprocessing,
    workers: int,
    progress: Progress,
) -> None:
    progress.start(
        "ingest", "images" if any(c.volume for c in cases) else "table", len(cases), "cases"
    )
    for patches in _in_order(cases, preprocessing, workers):
        writer.append(patches.slices, patches.masks)
        progress.advance()
    progress.finish()


def _in_order(
    cases: Sequence[Case], preprocessing: Preprocessing, workers: int
) -> Iterator[Patches]:
    """Patches in the order of the cases, with at most two cases per worker in memory."""
    waiting: deque[Future[Patches]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for case in cases:
                waiting.append(pool.submit(_patches, case, preprocessing))
                if len(waiting) == 2 * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _patches(case: Case, preprocessing: Preprocessing) -> Patches:
    if case.volume is None:
        side = preprocessing.patch
        return Patches(
            slices=np.empty((0, side, side), np.int16), masks=np.empty((0, side, side), np.uint8)
        )
    try:
        return to_patches(case.volume(), preprocessing)
    except UserError as error:
        raise UserError(f"case {case.id[:40]!r}: {error}") from error
