"""The pool of a power simulation: phantoms that are ingested and encoded once."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from method_run import NoProgress, make_registry

from lnmbench import choices
from lnmbench.config import read_benchmark
from lnmbench.contracts import Progress
from lnmbench.records import Choice, Resources
from lnmbench.stages.ingest import IngestOptions, cohort_path, ingest
from lnmbench.stages.ingest.evidence import read_or_make_key
from lnmbench.stages.ingest.prepare_images import prepare_cases
from lnmbench.stages.plan import ResolvedNetwork, resolve
from lnmbench.stages.run import make_feature_cache
from lnmbench.store.checkpoints import Parts
from lnmbench.store.feature_cache import FeatureCache


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """A cohort file, and the features of its slices, None for a network without images."""

    dataset: str
    encoder: str
    cohort_file: Path
    features: FeatureCache | None


def make_pool(
    dataset: str, encoder: str, *, home: Path, processes: int, device: str, progress: Progress
) -> Pool:
    """Return the pool, built now or reused from `home`.

    Parameters
    ----------
    dataset
        The data set with its parameters, as `lnmbench run` takes it.
    encoder
        The encoder.
    home
        The folder of cohort files and features.
    processes
        The number of processes that render phantoms.
    device
        The device that encodes.
    progress
        Displays progress.
    """
    registry = make_registry()
    choice = choices.parse(dataset)
    if processes > 1:
        _render(choice, home, processes, progress)
    path = ingest(choice, registry, home=home, workers=1, progress=progress)
    benchmark = read_benchmark(
        None,
        {
            "dataset": dataset,
            "encoder": (encoder,),
            "aux": ("none",),
            "only": True,
            "repeats": 1,
            "folds": 2,
            "inner": 2,  # of no importance: only features are made
        },
    )
    resolved = resolve(benchmark, registry, lambda: path, resources=Resources(device=device))
    (network,) = (m for m in resolved.methods if isinstance(m, ResolvedNetwork))
    features = make_feature_cache(
        network, resolved.cohort, path, home, progress, device=resolved.resources.device
    )
    return Pool(dataset=dataset, encoder=encoder, cohort_file=path, features=features)


def _render(choice: Choice, home: Path, processes: int, progress: Progress) -> None:
    """Store the images of all cases as parts, from which ingest resumes."""
    path = _cohort_path(choice, home)
    if path.is_file():
        return
    read_or_make_key(Parts.for_file(path).folder)  # once, before the processes start
    progress.say(f"rendering {choice} in {processes} processes")
    render = partial(_render_share, choice, home, processes)
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        list(pool.map(render, range(processes)))


def _render_share(choice: Choice, home: Path, processes: int, share: int) -> None:
    dataset = make_registry().datasets.build(choice)
    cases = [
        case if number % processes == share else replace(case, volume=None)
        for number, case in enumerate(dataset.cases())
    ]
    parts = Parts.for_file(_cohort_path(choice, home))
    for _ in prepare_cases(cases, IngestOptions().preprocessing, parts, 1):
        pass


def _cohort_path(choice: Choice, home: Path) -> Path:
    registry = make_registry()
    bound = registry.datasets.bind(choice)
    return cohort_path(
        bound,
        registry.datasets.build(bound),
        registry,
        home=home,
        workers=1,
        progress=NoProgress(),
        options=IngestOptions(),
    )
