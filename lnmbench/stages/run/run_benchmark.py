"""Run of a benchmark: the units that its ledger lacks, chunk after chunk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lnmbench import environment
from lnmbench.config import Benchmark
from lnmbench.contracts import Progress
from lnmbench.errors import UserError
from lnmbench.records import (
    Choice,
    Cohort,
    Manifest,
    NetworkMethod,
    Plan,
    Resources,
    RunFolders,
    UnitResult,
)
from lnmbench.registry import Registry
from lnmbench.stages.ingest import IngestOptions, find_leaks_of, ingest, shorten
from lnmbench.stages.plan import (
    ResolvedBenchmark,
    ResolvedMethod,
    ResolvedNetwork,
    list_labels,
    resolve,
)
from lnmbench.stages.run.chunk import Chunk, make_chunk
from lnmbench.stages.run.cohort_profile import make_profile
from lnmbench.stages.run.execution import execute
from lnmbench.stages.run.features import make_feature_cache
from lnmbench.store.ledger import LedgerWriter


def run(
    benchmark: Benchmark,
    registry: Registry,
    *,
    folders: RunFolders,
    executor: Choice,
    workers: int,
    plugins: tuple[str, ...],
    progress: Progress,
    ingest_options: IngestOptions | None = None,
    resources: Resources | None = None,
) -> Path:
    """Run the missing units of a benchmark and return the folder of its ledger.

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
        )

    resolved = resolve(benchmark, registry, ingest_cohort, executor=executor, resources=resources)
    pool = resolved.executor.build()
    for notice in resolved.notices:
        progress.say(notice)
    manifest = _make_manifest(benchmark, resolved)
    cohort, plan = resolved.cohort, resolved.plan
    for line in shorten(_find_leaks(cohort, plan)):
        progress.say(line)
    folder = folders.ledger_folder(plan)
    with LedgerWriter.create(folder, plan, progress.say) as ledger, _ending_workers(pool):
        ledger.add_methods([each.method for each in resolved.methods], plan.splits.units())
        ledger.add_labels(list_labels(resolved.tasks, cohort, cohort.positions(plan.ids)))
        if ledger.profile() is None:
            ledger.add_profile(make_profile(cohort, resolved.cohort_file, plan))
        ledger.add_manifest(manifest)
        registry.hook.run_started(manifest=manifest)
        work = _Work(registry=registry, ledger=ledger, plan=plan, pool=pool, progress=progress)
        for method in resolved.methods:
            missing = work.missing_repeats(method)
            features = None
            if missing and isinstance(method, ResolvedNetwork):
                features = make_feature_cache(
                    method,
                    cohort,
                    resolved.cohort_file,
                    folders.home,
                    progress,
                    device=resolved.resources.device,
                )
            chunks = [
                make_chunk(method, resolved, repeat, features=features, plugins=plugins)
                for repeat in missing
            ]
            work.run_chunks(chunks, method)
        registry.hook.run_finished(manifest=manifest)
    return folder


@contextmanager
def _ending_workers(pool: Executor) -> Iterator[None]:
    """Shut the pool down after the block; after a failure at once, without its pending chunks."""
    try:
        yield
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Work:
    """The work of a run: chunks go to a pool, and this process alone writes their results."""

    registry: Registry
    ledger: LedgerWriter
    plan: Plan
    pool: Executor
    progress: Progress

    def missing_repeats(self, resolved: ResolvedMethod) -> list[int]:
        """Return the repeats of a method that lack a result."""
        done = self.ledger.done(resolved.method.fingerprint)
        units = self.plan.splits.units()
        return sorted({repeat for repeat, fold in units if (repeat, fold) not in done})

    def run_chunks(self, chunks: Sequence[Chunk], resolved: ResolvedMethod) -> None:
        """Run the chunks of one method."""
        method, protocol = resolved.method, self.plan.protocol
        candidates = method.tune if isinstance(method, NetworkMethod) else 1
        fits_a_repeat = protocol.folds * protocol.inner * candidates
        if not chunks:
            self.progress.say(f"{method.label}: complete in the ledger")
            return
        self.progress.start("run", method.label, protocol.repeats * fits_a_repeat, "fit")
        self.progress.advance((protocol.repeats - len(chunks)) * fits_a_repeat)
        notes: set[str] = set()

        def keep(future: Future[list[UnitResult]]) -> None:
            self._add_results(future, method.label, notes)
            self.progress.advance(fits_a_repeat)

        waiting: set[Future[list[UnitResult]]] = set()
        for chunk in chunks:
            waiting.add(self.pool.submit(execute, chunk))
            for future in [future for future in waiting if future.done()]:
                keep(future)
                waiting.discard(future)
        for future in as_completed(waiting):
            keep(future)
        self.progress.finish()

    def _add_results(self, future: Future[list[UnitResult]], label: str, notes: set[str]) -> None:
        """Write the results of a chunk, and print those of its notes that are new."""
        try:
            results = future.result()
        except BrokenExecutor as error:
            raise UserError(
                "a worker process died, possibly because memory ran out",
                where=label,
                then="run the same command again, with fewer workers, to continue",
            ) from error
        self.ledger.add_results(results)
        for result in results:
            self.registry.hook.unit_finished(result=result)
        for note in dict.fromkeys(note for result in results for note in result.notes):
            if note not in notes:
                self.progress.say(f"{label}: {note}")
                notes.add(note)


def _find_leaks(cohort: Cohort, plan: Plan) -> list[str]:
    """Return sentences on features that predict the plan's target better than is plausible."""
    labels = np.full(len(cohort), np.nan)
    labels[cohort.positions(plan.ids)] = plan.truth
    return find_leaks_of(cohort, str(plan.protocol.target), labels)


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
