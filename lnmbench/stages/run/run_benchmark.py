"""Run of a benchmark: the units that its ledger lacks, chunk after chunk."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from lnmbench import environment
from lnmbench.config import Benchmark
from lnmbench.contracts import Progress
from lnmbench.errors import PluginError
from lnmbench.records import (
    Choice,
    Cohort,
    Manifest,
    Plan,
    Resources,
    RunFolders,
)
from lnmbench.registry import PluginSource, Registry
from lnmbench.stages.ingest import IngestOptions, find_leaks_of, ingest, shorten
from lnmbench.stages.plan import (
    FailedMethods,
    MethodFailure,
    ResolvedBenchmark,
    image_network,
    list_labels,
    refuse_all_failed,
    resolve,
)
from lnmbench.stages.run.cohort_profile import make_profile
from lnmbench.stages.run.execution import forget_plugins
from lnmbench.stages.run.network_images import refuse_unmasked
from lnmbench.stages.run.work import Work
from lnmbench.store.ledger import LedgerWriter


def run(
    benchmark: Benchmark,
    registry: Registry,
    *,
    folders: RunFolders,
    executor: Choice,
    workers: int,
    plugins: tuple[PluginSource, ...],
    progress: Progress,
    ingest_options: IngestOptions | None = None,
    resources: Resources | None = None,
) -> Path:
    """Run the missing units of a benchmark and return the folder of its ledger.

    What goes wrong in one method, e.g. a fault of a plugin, costs this method; the others go on.

    The same benchmark continues where it was stopped. Other methods on the same cohort and
    protocol are added to the same ledger.

    Parameters
    ----------
    benchmark
        The benchmark.
    registry
        The plugins that offer what it names.
    folders
        The folders of cohorts, features and the ledger.
    executor
        The executor of chunks.
    workers
        The number of threads that ingest the cohort.
    plugins
        The plugins that the user named, which worker processes load as well.
    progress
        Displays notices and progress.
    ingest_options
        The preprocessing of the cohort.
    resources
        The device and memory of the run.

    Raises
    ------
    FailedMethods
        If some methods failed, after all others have their results.
    UserError
        For a benchmark that cannot be run.
    """

    def ingest_cohort() -> Path:
        return ingest(
            benchmark.dataset,
            registry,
            home=folders.home,
            workers=workers,
            progress=progress,
            options=ingest_options,
            missing_images=benchmark.missing_images,
        )

    forget_plugins()
    resolved = resolve(
        benchmark,
        registry,
        ingest_cohort,
        executor=executor,
        resources=resources,
        pseudonyms=None if ingest_options is None else ingest_options.pseudonyms,
    )
    networks = filter(None, map(image_network, resolved.methods))
    refuse_unmasked([each.method for each in networks], resolved.cohort, resolved.cohort_file)
    pool = resolved.executor.build()
    for notice in resolved.notices:
        progress.say(notice)
    extractors = ingest_options.extract if ingest_options else ()
    manifest = replace(
        _make_manifest(benchmark, resolved),
        extract=tuple(map(registry.feature_extractors.bind, extractors)),
    )
    cohort, plan = resolved.cohort, resolved.plan
    for line in shorten(_find_leaks(cohort, plan)):
        progress.say(line)
    folder = folders.ledger_folder(plan)
    with LedgerWriter.create(folder, plan, progress.say) as ledger, _ending_workers(pool):
        ledger.add_methods([each.method for each in resolved.methods], plan.splits.units())
        ledger.add_labels(list_labels(resolved.tasks, cohort, cohort.positions(plan.ids)))
        if ledger.profile() is None:
            ledger.add_profile(make_profile(cohort, resolved.cohort_file, plan, resolved.images))
        number = ledger.add_manifest(manifest)
        work = Work(
            registry=registry,
            ledger=ledger,
            plan=plan,
            pool=pool,
            progress=progress,
            importance=resolved.importance,
        )
        work.notify("run_started", manifest=manifest)
        failures: list[MethodFailure] = []
        for method in resolved.methods:
            failures += work.run_method(method, resolved, home=folders.home, plugins=plugins)
        if failures:
            notes = (*manifest.notes, *map(str, failures))
            ledger.replace_manifest(number, replace(manifest, notes=notes))
        work.notify("run_finished", manifest=manifest)
    failures = [*resolved.failures, *failures]
    total = len(resolved.methods) + len(resolved.failures)
    refuse_all_failed(failures, total)
    if failures:
        raise FailedMethods(failures, total, folder)
    return folder


@contextmanager
def _ending_workers(pool: Executor) -> Iterator[None]:
    """Shut the pool down after the block; after a failure at once, without its pending chunks."""
    try:
        yield
    except BaseException:
        with suppress(PluginError):
            pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def _find_leaks(cohort: Cohort, plan: Plan) -> list[str]:
    """Return sentences on features that predict the plan's target better than is plausible."""
    lines = []
    names = [""] if plan.outcomes is None else plan.outcomes.names
    for name, outcome in zip(names, plan.endpoints.T, strict=True):
        labels = np.full(len(cohort), np.nan)
        labels[cohort.positions(plan.ids)] = outcome
        target = f"{plan.protocol.target}, {name}" if name else plan.protocol.target
        lines += find_leaks_of(cohort, target, labels)
    return lines


def _make_manifest(benchmark: Benchmark, resolved: ResolvedBenchmark) -> Manifest:
    from lnmbench.nets.device import describe_device

    options = {name: str(value) for name, value in benchmark if name in benchmark.model_fields_set}
    return Manifest(
        created=environment.now(),
        options=options,
        cohort=resolved.cohort.name,
        cohort_fingerprint=resolved.cohort.fingerprint,
        card=resolved.cohort.card,
        preprocessing=resolved.cohort.preprocessing,
        protocol=resolved.plan.protocol,
        methods=tuple(each.method for each in resolved.methods),
        notes=resolved.notes,
        environment=environment.describe(device=describe_device(resolved.resources.device)),
    )
