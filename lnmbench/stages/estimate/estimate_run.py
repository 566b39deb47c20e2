"""Estimate of a run: its workload is counted, and a part of it is measured on this machine."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from lnmbench import choices
from lnmbench.config import Benchmark
from lnmbench.contracts import Progress
from lnmbench.defaults import DEFAULTS
from lnmbench.records import Choice, Resources, RunFolders
from lnmbench.registry import Registry
from lnmbench.results import summarized_groups, summary_label
from lnmbench.stages.estimate.cohort_to_ingest import CohortToIngest
from lnmbench.stages.estimate.estimates import MethodEstimate, RunEstimate
from lnmbench.stages.estimate.network_probe import epoch_bounds
from lnmbench.stages.estimate.probe import Probe
from lnmbench.stages.estimate.workload import Workload, list_workloads, plan_bytes
from lnmbench.stages.ingest import IngestOptions
from lnmbench.stages.plan import ResolvedBenchmark, ResolvedNetwork, resolve


def estimate(
    benchmark: Benchmark,
    registry: Registry,
    *,
    folders: RunFolders,
    executor: Choice,
    workers: int,
    progress: Progress,
    ingest_options: IngestOptions | None = None,
    resources: Resources | None = None,
) -> RunEstimate:
    """Return the estimate of `run` with the same arguments; nothing is written.

    Results in the ledger and existing feature caches are not counted.

    Parameters
    ----------
    benchmark, registry, folders, executor, workers, progress, ingest_options, resources
        As in `run`.

    Returns
    -------
    RunEstimate
        The estimate. For a data set with images that is not ingested, with the estimate of this.

    Raises
    ------
    UserError
        For a benchmark that cannot be run.
    """
    with TemporaryDirectory(prefix="lnmbench-estimate-") as temporary_folder:
        cohort = CohortToIngest(
            choice=benchmark.dataset,
            registry=registry,
            home=folders.home,
            temporary_folder=Path(temporary_folder),
            workers=workers,
            progress=progress,
            options=ingest_options or IngestOptions(),
        )
        resolved = resolve(
            benchmark,
            registry,
            cohort.find,
            executor=executor,
            resources=resources,
            read=cohort.read,
            pseudonyms=cohort.options.pseudonyms,
        )
        if cohort.ingest is None:
            folder = folders.ledger_folder(resolved.plan)
            return _estimate_resolved(resolved, folder, folders.home, progress)
        run = _estimate_resolved(resolved, Path(temporary_folder), folders.home, progress)
        return replace(
            run,
            folder=None,
            ingest=cohort.ingest,
            disk=run.disk + cohort.ingest.disk,
            basis=(cohort.ingest.describe(benchmark.dataset.name), *run.basis),
        )


def _estimate_resolved(
    resolved: ResolvedBenchmark, folder: Path, home: Path, progress: Progress
) -> RunEstimate:
    """Return the estimate of what the ledger of a folder lacks."""
    for notice in resolved.notices:
        progress.say(notice)
    workloads = list_workloads(
        resolved.methods, resolved.plan, folder, importance=resolved.importance
    )
    started = time.perf_counter()
    probe = Probe(benchmark=resolved, home=home)
    progress.start("estimate", "a probe of each method", len(workloads), "method")
    estimates = []
    for workload in workloads:
        estimates.append(probe.estimate_method(workload))
        progress.advance()
    progress.finish()
    seconds = time.perf_counter() - started
    return RunEstimate(
        folder=folder,
        methods=tuple(_summarize_controls(workloads, estimates)),
        disk=sum(each.disk for each in estimates) + plan_bytes(resolved.plan, folder),
        basis=tuple(_describe_basis(workloads, estimates, resolved, seconds)),
        permutations=resolved.importance,
    )


def _summarize_controls(
    workloads: Sequence[Workload], estimates: Sequence[MethodEstimate]
) -> list[MethodEstimate]:
    """Return the estimates, with one for each set of negative controls too large to list."""
    methods = [workload.resolved.method for workload in workloads]
    by_key = {m.fingerprint: each for m, each in zip(methods, estimates, strict=True)}
    for group in summarized_groups(methods):
        members = [by_key.pop(control.fingerprint) for control in group]
        by_key[group[0].fingerprint] = MethodEstimate.merge(summary_label(group), members)
    return list(by_key.values())


def _describe_basis(
    workloads: Sequence[Workload],
    estimates: Sequence[MethodEstimate],
    resolved: ResolvedBenchmark,
    seconds: float,
) -> Iterator[str]:
    """Yield sentences on the measurements behind the estimate."""
    import torch

    from lnmbench.nets.device import describe_device

    incomplete = [workload.resolved for workload in workloads if workload.repeats]
    if not incomplete:
        yield "The ledger is complete: nothing is left to do."
        return
    device = resolved.resources.device
    threads = f", threads: {torch.get_num_threads()}" if device == "cpu" else ""
    networks = [each.method for each in incomplete if isinstance(each, ResolvedNetwork)]
    measured = {
        "some slices": any(each.slices for each in estimates),
        "some fits of a repeat for some epochs": bool(networks),
        "an inner fold of each baseline": len(networks) < len(incomplete),
        "some permutations": resolved.importance > 0,
    }
    yield (
        f"Times are extrapolated from a probe of {seconds:.0f} s on"
        f" {describe_device(device)}{threads}:"
        f" {', '.join(name for name, is_measured in measured.items() if is_measured)}."
        " They exclude the start, scores and tables."
    )
    if device == "cpu":
        yield "They assume that no other program uses the processors."
    if networks:
        low, high = epoch_bounds(networks[0].training)
        if low < high:
            yield f"Fits stop early: the range is that of {low} to {high} epochs."
        else:
            yield f"Fits train for {high} epochs."
    if any(method.trained_from != "none" for method in networks):
        yield (
            "Times of trained encoder stages are extrapolated from few cases and may be wrong by a"
            " factor of two."
        )
    executor = resolved.executor.written
    if executor.name != choices.parse(DEFAULTS.executor).name:
        yield f"Times add up all chunks, without the speedup of {executor}."
