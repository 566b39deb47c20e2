"""The path of a cohort file: its name holds a hash of everything that its content depends on."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from lnmbench.contracts import Dataset, Progress
from lnmbench.records import Choice, Preprocessing
from lnmbench.registry import Registry
from lnmbench.stages.ingest.extractors import select_extractors
from lnmbench.stages.ingest.pseudonyms import Pseudonyms
from lnmbench.stages.ingest.text_reports import reader_names
from lnmbench.store import serialization
from lnmbench.store.source_hashes import hash_sources


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestOptions:
    """Options of ingest.

    `strict` stops at the first case whose images cannot be used, instead of leaving it out;
    `pseudonyms` replace the ids of cases, patients and centers; `extract` are the extractors of
    features from the images and tumor masks.
    """

    preprocessing: Preprocessing = field(default_factory=Preprocessing)
    strict: bool = False
    pseudonyms: Pseudonyms | None = None
    extract: tuple[Choice, ...] = ()


def has_cohort_files(name: str, home: Path) -> bool:
    """Return whether there is a cohort file of any parameters of a data set."""
    return any((home / "cohorts").glob(f"{_slug(name)}-*.h5"))


def cohort_path(
    choice: Choice,
    dataset: Dataset,
    registry: Registry,
    *,
    home: Path,
    workers: int,
    progress: Progress,
    options: IngestOptions,
) -> Path:
    """Return the path that the cohort file of a data set has, or would have.

    Parameters
    ----------
    choice
        The data set with all its parameters, defaults included.
    dataset
        The data set, built from the choice.
    registry
        The plugins, whose versions are part of the hash.
    home
        The folder that holds `cohorts/`.
    workers
        The number of threads that read the source files.
    progress
        Receives the progress of reading the source files.
    options
        The options of ingest; `strict` has no effect on the path.
    """
    files = [Path(source) for source in dataset.sources]
    sources = hash_sources(files, home=home, workers=workers, progress=progress)
    key = _content_key(choice, registry, dataset, sources, options)
    return home / "cohorts" / f"{_slug(choice.name)}-{key}.h5"


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", name)


def _content_key(
    choice: Choice,
    registry: Registry,
    dataset: Dataset,
    sources: Sequence[str],
    options: IngestOptions,
) -> str:
    parts = [
        choice.name,
        {name: str(value) for name, value in choice.parameters.items()},
        registry.datasets.version(choice.name),
        version("lnmbench"),
        serialization.pack(options.preprocessing),
        list(sources),
        [registry.report_readers.version(reader) for reader in reader_names(dataset.columns)],
        *([options.pseudonyms.name] if options.pseudonyms else []),
        *([each.key for each in select_extractors(options.extract, registry)]),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
