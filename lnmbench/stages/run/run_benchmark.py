"""Run of a benchmark: the units that its ledger lacks, chunk after chunk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from lnmbench import environment
from lnmbench.config import Benchmark
from lnmbench.contracts import Progress
from lnmbench.errors import PluginError, UserError
from lnmbench.records import (
    Choice,
    Cohort,
    Manifest,
    NetworkMethod,
    Plan,
    Resources,
    RunFolders,
    Unit,
    UnitResult,
)
from lnmbench.registry import GuardedExecutor, Registry, fault_log
from lnmbench.registry.boundary.values import Unexpected, describe
from lnmbench.stages.ingest import IngestOptions, find_leaks_of, ingest, shorten
from lnmbench.stages.plan import (
    FailedMethods,
    MethodFailure,
    ResolvedBenchmark,
    ResolvedMethod,
    ResolvedNetwork,
    list_labels,
    refuse_all_failed,
    resolve,
)
from lnmbench.stages.run.chunk import Chunk, make_chunk
from lnmbench.stages.run.cohort_profile import make_profile
from lnmbench.stages.run.execution import execute, is_of_execution
from lnmbench.stages.run.features import make_feature_cache
from lnmbench.store.feature_cache import FeatureCache
from lnmbench.store.ledger import LedgerWriter
from lnmbench.text import plural


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
        number = ledger.add_manifest(manifest)
        work = _Work(registry=registry, ledger=ledger, plan=plan, pool=pool, progress=progress)
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Work:
    """The work of a run: chunks go to a pool, and this process alone writes their results."""

    registry: Registry
    ledger: LedgerWriter
    plan: Plan
    pool: GuardedExecutor
    progress: Progress

    def missing_repeats(self, resolved: ResolvedMethod) -> list[int]:
        """Return the repeats of a method that lack a result."""
        done = self.ledger.done(resolved.method.fingerprint)
        units = self.plan.splits.units()
        return sorted({repeat for repeat, fold in units if (repeat, fold) not in done})

    def notify(self, event: str, **facts: object) -> None:
        """Call the hooks of an event, and print their new faults."""
        for line in self.registry.events.notify(event, **facts):
            self.progress.say(line)

    def run_method(
        self,
        resolved: ResolvedMethod,
        benchmark: ResolvedBenchmark,
        *,
        home: Path,
        plugins: tuple[str, ...],
    ) -> list[MethodFailure]:
        """Run the chunks that a method lacks; return its failure, if there is one.

        Parameters
        ----------
        resolved
            The method.
        benchmark
            Its benchmark.
        home
            The folder of feature caches.
        plugins
            The plugins that the user named.
        """
        missing, label = self.missing_repeats(resolved), resolved.method.label
        try:
            features = self._make_features(resolved, benchmark, home) if missing else None
            chunks = [
                make_chunk(resolved, benchmark, repeat, features=features, plugins=plugins)
                for repeat in missing
            ]
            self._run_chunks(chunks, resolved)
        except _MethodError as error:
            failure = MethodFailure(label=label, reason=str(error))
            self.progress.finish()
            self.progress.say(str(failure))
            return [failure]
        return []

    def _make_features(
        self, resolved: ResolvedMethod, benchmark: ResolvedBenchmark, home: Path
    ) -> FeatureCache | None:
        if not isinstance(resolved, ResolvedNetwork):
            return None
        try:
            return make_feature_cache(
                resolved,
                benchmark.cohort,
                benchmark.cohort_file,
                home,
                self.progress,
                device=benchmark.resources.device,
            )
        except PluginError as fault:
            raise _MethodError(str(fault)) from None

    def _run_chunks(self, chunks: Sequence[Chunk], resolved: ResolvedMethod) -> None:
        method, protocol = resolved.method, self.plan.protocol
        candidates = method.tune if isinstance(method, NetworkMethod) else 1
        fits_a_repeat = protocol.folds * protocol.inner * candidates
        if not chunks:
            self.progress.say(f"{method.label}: complete in the ledger")
            return
        self.progress.start("run", method.label, protocol.repeats * fits_a_repeat, "fit")
        self.progress.advance((protocol.repeats - len(chunks)) * fits_a_repeat)
        notes: set[str] = set()
        waiting: dict[Future[list[UnitResult]], Chunk] = {}

        def keep(future: Future[list[UnitResult]]) -> None:
            self._add_results(future, waiting.pop(future), notes)
            self.progress.advance(fits_a_repeat)

        try:
            for chunk in chunks:
                waiting[self.pool.submit(execute, chunk)] = chunk
                for future in [future for future in waiting if future.done()]:
                    keep(future)
            for future in as_completed(list(waiting)):
                keep(future)
        finally:
            for future in waiting:
                future.cancel()
        self.progress.finish()

    def _add_results(self, future: Future[list[UnitResult]], chunk: Chunk, notes: set[str]) -> None:
        """Write the results of a chunk, and print those of its notes that are new."""
        label = chunk.method.label
        error = None if future.cancelled() else future.exception()
        if isinstance(error, BrokenExecutor):
            raise UserError(
                "a worker process died, possibly because memory ran out",
                where=label,
                then="run the same command again, with fewer workers, to continue",
            ) from error
        if isinstance(error, UserError):
            fault_log.record_from_worker(error)
            raise _MethodError(str(error))
        if error is not None and is_of_execution(error):
            raise error
        results = self.pool.result(future, partial(_require_results, chunk=chunk))
        self.ledger.add_results(results)
        for result in results:
            self.notify("unit_finished", result=result)
        for note in dict.fromkeys(note for result in results for note in result.notes):
            if note not in notes:
                self.progress.say(f"{label}: {note}")
                notes.add(note)


def _find_leaks(cohort: Cohort, plan: Plan) -> list[str]:
    """Return sentences on features that predict the plan's target better than is plausible."""
    labels = np.full(len(cohort), np.nan)
    labels[cohort.positions(plan.ids)] = plan.truth
    return find_leaks_of(cohort, str(plan.protocol.target), labels)


class _MethodError(UserError):
    """An error that costs its method, while the others go on."""


def _require_results(value: object, *, chunk: Chunk) -> list[UnitResult]:
    """Return the results of a chunk: one for each of its units, and no other."""
    if not isinstance(value, list) or not all(isinstance(each, UnitResult) for each in value):
        raise Unexpected("the list of results that the call returns", describe(value))
    method, folds = chunk.method.fingerprint, range(chunk.plan.protocol.folds)
    expected = [Unit(method=method, repeat=chunk.repeat, fold=fold) for fold in folds]
    units = sorted(result.unit for result in value)
    if units != expected:
        raise Unexpected(
            f"one result for each of {len(expected)} units of repeat {chunk.repeat}",
            f"{plural(len(units), 'result')}, {len(set(units) & set(expected))} of them of these",
        )
    return value


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
