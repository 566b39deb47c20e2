"""run: the units that the ledger lacks, chunk after chunk; this process alone writes."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed
from pathlib import Path

from lnmbench import environment
from lnmbench.config import Benchmark
from lnmbench.contracts import Progress
from lnmbench.errors import UserError
from lnmbench.records import (
    Choice,
    Manifest,
    Method,
    NetworkMethod,
    Plan,
    Resources,
    RunFolders,
    UnitResult,
)
from lnmbench.registry import Registry
from lnmbench.stages.ingest import IngestOptions, ingest
from lnmbench.stages.plan.aux_tasks import aux_labels
from lnmbench.stages.plan.make_plan import refuse_unknown_names
from lnmbench.stages.plan.resolve import Prepared, prepare
from lnmbench.stages.plan.resources import resolved, shared_among
from lnmbench.stages.run.chunk import Chunk
from lnmbench.stages.run.cohort_profile import make_profile
from lnmbench.stages.run.execute import execute
from lnmbench.stages.run.features import method_features
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
    ingesting: IngestOptions | None = None,
    resources: Resources | None = None,
) -> Path:
    """Run what is missing of a benchmark and return the folder of its ledger.

    The same benchmark continues where it was stopped; other arms over the same cohort and
    protocol join the same ledger.
    """
    refuse_unknown_names(benchmark, registry)
    registry.executors.bind(executor)
    available = resolved(resources or Resources())
    path = ingest(
        benchmark.dataset,
        registry,
        home=folders.home,
        workers=workers,
        progress=progress,
        options=ingesting,
    )
    ready = prepare(benchmark, registry, path, available)
    plan, methods = ready.plan, ready.methods
    pool = registry.executors.build(executor)
    shared = shared_among(ready.resources, executor, registry)
    for note in ready.told:
        progress.say(note)
    manifest = _manifest(benchmark, ready)
    folder = folders.ledger_folder(plan)
    with LedgerWriter.create(folder, plan) as ledger:
        ledger.add_methods(methods, plan.splits.units())
        ledger.add_labels(
            aux_labels(methods, ready.cohort, ready.cohort.positions(plan.ids), registry)
        )
        if ledger.profile() is None:
            ledger.add_profile(make_profile(ready.cohort, plan))
        ledger.add_manifest(manifest)
        registry.hook.run_started(manifest=manifest)
        for method in methods:
            missing = _missing_repeats(ledger, method, plan)
            features = (
                method_features(
                    method,
                    ready.cohort,
                    registry,
                    folders.home,
                    progress,
                    device=available.device,
                )
                if missing
                else None
            )
            chunks = [
                Chunk(
                    method=method,
                    repeat=repeat,
                    plan=plan,
                    cohort=path,
                    features=features,
                    plugins=plugins,
                    resources=shared,
                )
                for repeat in missing
            ]
            _work(chunks, method, ledger, registry, pool, progress)
        pool.shutdown()
        registry.hook.run_finished(manifest=manifest)
    return folder


def _missing_repeats(ledger: LedgerWriter, method: Method, plan: Plan) -> list[int]:
    done = ledger.done(method.fingerprint)
    return sorted({repeat for repeat, fold in plan.splits.units() if (repeat, fold) not in done})


def _work(
    chunks: Sequence[Chunk],
    method: Method,
    ledger: LedgerWriter,
    registry: Registry,
    pool: Executor,
    progress: Progress,
) -> None:
    protocol = ledger.plan().protocol
    tried = method.tune if isinstance(method, NetworkMethod) else 1
    each = protocol.folds * protocol.inner * tried
    if not chunks:
        progress.say(f"{method.label}: complete in the ledger")
        return
    progress.start("run", method.label, protocol.repeats * each, "fits")
    progress.advance((protocol.repeats - len(chunks)) * each)

    said: set[str] = set()

    def keep(future: Future[list[UnitResult]]) -> None:
        try:
            results = future.result()
        except BrokenExecutor as error:
            raise UserError(
                "a worker process died, perhaps for want of memory",
                where=method.label,
                then="the same command goes on; try fewer workers",
            ) from error
        ledger.add_results(results)
        for result in results:
            registry.hook.unit_finished(result=result)
        for note in dict.fromkeys(note for result in results for note in result.notes):
            if note not in said:
                progress.say(f"{method.label}: {note}")
                said.add(note)
        progress.advance(each)

    waiting: set[Future[list[UnitResult]]] = set()
    try:
        for chunk in chunks:
            waiting.add(pool.submit(execute, chunk))
            for future in [future for future in waiting if future.done()]:
                keep(future)
                waiting.discard(future)
        for future in as_completed(waiting):
            keep(future)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    progress.finish()


def _manifest(benchmark: Benchmark, ready: Prepared) -> Manifest:
    from lnmbench.nets.device import describe_device

    asked = {name: str(value) for name, value in benchmark if name in benchmark.model_fields_set}
    return Manifest(
        created=environment.now(),
        asked=asked,
        cohort=ready.cohort.name,
        cohort_fingerprint=ready.cohort.fingerprint,
        card=ready.cohort.card,
        preprocessing=ready.cohort.preprocessing,
        protocol=ready.plan.protocol,
        methods=ready.methods,
        notes=ready.notes,
        environment=environment.describe(device=describe_device(ready.resources.device)),
    )
