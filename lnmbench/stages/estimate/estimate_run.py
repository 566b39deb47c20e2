"""The estimate of a run: what is to do is counted, and a probe of it is measured here."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from lnmbench import choices
from lnmbench.config import Benchmark
from lnmbench.contracts import Progress
from lnmbench.defaults import DEFAULTS
from lnmbench.errors import UserError
from lnmbench.records import Choice, NetworkMethod, Resources, RunFolders
from lnmbench.registry import Registry
from lnmbench.stages.estimate.amounts import Amount, amounts, plan_bytes
from lnmbench.stages.estimate.estimates import Arm, RunEstimate
from lnmbench.stages.estimate.methods import Probe
from lnmbench.stages.estimate.networks import epochs_of
from lnmbench.stages.ingest import IngestOptions, cohort_path
from lnmbench.stages.plan.make_plan import refuse_unknown_names
from lnmbench.stages.plan.resolve import Prepared, prepare
from lnmbench.stages.plan.resources import resolved
from lnmbench.store.cohort_file import is_of_older_format


def estimate(
    benchmark: Benchmark,
    registry: Registry,
    *,
    folders: RunFolders,
    executor: Choice,
    workers: int,
    progress: Progress,
    ingesting: IngestOptions | None = None,
    resources: Resources | None = None,
) -> RunEstimate:
    """Return what `run` with the same arguments would do and take; nothing is written.

    What the ledger and the feature caches have already is not counted. Raises `UserError` for
    what cannot be run, and where the cohort is not ingested.
    """
    refuse_unknown_names(benchmark, registry)
    registry.executors.bind(executor)
    available = resolved(resources or Resources())
    path = _cohort(
        benchmark.dataset, registry, folders.home, workers, progress, ingesting or IngestOptions()
    )
    ready = prepare(benchmark, registry, path, available)
    for note in ready.told:
        progress.say(note)
    folder = folders.ledger_folder(ready.plan)
    found = amounts(ready.methods, ready.plan, folder, registry)
    started = time.perf_counter()
    probe = Probe(ready, registry, folders.home)
    progress.start("estimate", "a probe of each arm", len(found), "arms")
    arms = []
    for amount in found:
        arms.append(probe.arm(amount))
        progress.advance()
    progress.finish()
    return RunEstimate(
        folder=folder,
        arms=tuple(arms),
        disk=sum(arm.disk for arm in arms) + plan_bytes(ready.plan, folder),
        basis=tuple(_basis(found, arms, ready, executor, time.perf_counter() - started)),
    )


def _cohort(
    choice: Choice,
    registry: Registry,
    home: Path,
    workers: int,
    progress: Progress,
    how: IngestOptions,
) -> Path:
    """The cohort file of a data set, which must be there."""
    bound = registry.datasets.bind(choice)
    dataset = registry.datasets.build(bound)
    path = cohort_path(
        bound, dataset, registry, home=home, workers=workers, progress=progress, options=how
    )
    if not path.is_file() or is_of_older_format(path):
        usual = how.preprocessing == IngestOptions().preprocessing and how.pseudonyms is None
        options = "" if usual else " with the same --spacing, --patch and --pseudonymize"
        raise UserError(
            f"the data set {bound.name} is not ingested, so its slices cannot be counted",
            then=f"first lnmbench data ingest '{choice}'{options}",
        )
    return path


def _basis(
    found: Sequence[Amount],
    arms: Sequence[Arm],
    ready: Prepared,
    executor: Choice,
    seconds: float,
) -> Iterator[str]:
    """Sentences on what the estimate rests on."""
    import torch

    from lnmbench.nets.device import describe_device

    todo = [amount.method for amount in found if amount.repeats]
    if not todo:
        yield "The ledger is complete: nothing is left to do."
        return
    device = ready.resources.device
    threads = f", threads: {torch.get_num_threads()}" if device == "cpu" else ""
    networks = [method for method in todo if isinstance(method, NetworkMethod)]
    probed = {
        "some slices": any(arm.slices for arm in arms),
        "some fits of a repeat for some epochs": bool(networks),
        "an inner fold of each baseline": len(networks) < len(todo),
    }
    yield (
        f"Times rest on a probe of {seconds:.0f} s on {describe_device(device)}{threads}: "
        f"{', '.join(what for what, was in probed.items() if was)}. "
        "Start, scores and tables come on top."
    )
    epochs = [epochs_of(method.training) for method in networks]
    if epochs:
        low, high = epochs[0]
        yield f"Fits stop early: the range is that of {low} to {high} epochs."
    if any(method.trained_from != "none" for method in networks):
        yield "Where stages of an encoder train, few cases were tried: expect a factor of two."
    if executor.name != choices.parse(DEFAULTS.executor).name:
        yield f"Chunks count one after the other, without what {executor} gains."
