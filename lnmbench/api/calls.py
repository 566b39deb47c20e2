"""Calls of the Python API: run a benchmark, estimate a run, read a run."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from lnmbench.api.prepare_call import RunSettings, prepare_call, show_progress
from lnmbench.api.run_estimates import DryRun
from lnmbench.api.run_results import RunResults
from lnmbench.api.usable_plugins import load_plugins
from lnmbench.defaults import DEFAULTS
from lnmbench.environment import home
from lnmbench.records import Resources, RunFolders
from lnmbench.stages.estimate import estimate
from lnmbench.stages.report import read_results
from lnmbench.stages.run import run as run_benchmark

if TYPE_CHECKING:
    from lnmbench.contracts import Progress


def run(
    config: str | Path | None = None,
    *,
    plugin: str | Path | Sequence[str | Path] = (),
    executor: str = DEFAULTS.executor,
    device: str = "auto",
    memory: float | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    quick: bool = False,
    progress: bool | Progress = True,
    debug: bool = False,
    **settings: Unpack[RunSettings],
) -> RunResults:
    """Run a benchmark, resuming an unfinished one, and return its results.

    It is `lnmbench run` as a function, and shares run directories with it. An interrupt
    (Ctrl-C, or a stopped cell) loses no finished unit: the same call continues.

    Parameters
    ----------
    config
        Benchmark file (TOML), whose settings are overridden.
    plugin
        Plugin files or modules in addition to the installed ones.
    executor
        Executor of the fits, e.g. `processes:workers=2`.
    device
        Device of the networks: `auto`, `cpu`, `cuda`, `cuda:1` or `mps`.
    memory
        Memory limit for training in GB; by default half of RAM, or 80 % of free GPU memory.
    workers
        Threads that read and resample images; by default one for each core.
    out
        Run directory; by default a folder below `runs/`.
    quick
        Whether to run the small protocol for a first try (2 repeats × 5 folds × 3 inner folds),
        unless `repeats`, `folds` or `inner` are set.
    progress
        Whether to show the progress on standard error, or an object that shows it.
    debug
        Whether to print the tracebacks of exceptions in plugins.
    **settings
        `dataset`, `target`, `encoder`, `aux`, `baseline` and every other key of a benchmark file;
        and `strict`, `pseudonymize`, `region`, `slices`, `spacing`, `patch`, `keep_native` and
        `allow_implausible`, as on the command line. `baseline` may contain objects that
        `lnmbench.estimator` returns.

    Raises
    ------
    UserError
        For whatever the command would refuse with exit code 2. A `FailedMethods` says that some
        methods failed; its `folder` has the results of the others.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     results = run(
    ...         dataset="synthetic:n=24,images=false",
    ...         baseline="firth",
    ...         only=True,
    ...         repeats=1,
    ...         folds=2,
    ...         inner=2,
    ...         out=f"{folder}/run",
    ...         progress=False,
    ...     )
    >>> results
    RunResults of 1 method on 24 cases (run)
    """
    call = prepare_call(
        config,
        settings,
        plugin=plugin,
        executor=executor,
        workers=workers,
        quick=quick,
        debug=debug,
    )
    with show_progress(progress) as display:
        folder = run_benchmark(
            call.benchmark,
            call.registry,
            folders=RunFolders(home=home(), out=None if out is None else Path(out)),
            executor=call.executor,
            workers=call.workers,
            plugins=(*call.registry.extra, *call.estimators),
            progress=display,
            ingest_options=call.ingest_options,
            resources=Resources(device=device, memory_gb=memory),
        )
    return RunResults(folder, read_results(folder, call.registry), call.registry)


def dry_run(
    config: str | Path | None = None,
    *,
    plugin: str | Path | Sequence[str | Path] = (),
    executor: str = DEFAULTS.executor,
    device: str = "auto",
    memory: float | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    quick: bool = False,
    progress: bool | Progress = True,
    debug: bool = False,
    **settings: Unpack[RunSettings],
) -> DryRun:
    """Return the expected time, disk and memory of a run; write nothing.

    It is `lnmbench run --dry-run` as a function.

    Parameters
    ----------
    config, plugin, executor, device, memory, workers, out, quick, progress, debug, **settings
        As in `run`.

    Raises
    ------
    UserError
        For whatever `run` would refuse before anything is trained.
    """
    call = prepare_call(
        config,
        settings,
        plugin=plugin,
        executor=executor,
        workers=workers,
        quick=quick,
        debug=debug,
    )
    with show_progress(progress) as display:
        estimated = estimate(
            call.benchmark,
            call.registry,
            folders=RunFolders(home=home(), out=None if out is None else Path(out)),
            executor=call.executor,
            workers=call.workers,
            progress=display,
            ingest_options=call.ingest_options,
            resources=Resources(device=device, memory_gb=memory),
        )
    return DryRun(estimated)


def read(
    run: str | Path,
    *,
    plugin: str | Path | Sequence[str | Path] = (),
    debug: bool = False,
) -> RunResults:
    """Return the results of a run directory, whoever made it and while it is running, too.

    Parameters
    ----------
    run
        The run directory.
    plugin
        Plugin files or modules in addition to the installed ones, e.g. with metrics.
    debug
        Whether to print the tracebacks of exceptions in plugins.

    Raises
    ------
    UserError
        If there is no run, or a damaged one.
    """
    folder, registry = Path(run).expanduser(), load_plugins(plugin, debug=debug)
    results = read_results(folder, registry, lambda line: warnings.warn(line, stacklevel=2))
    return RunResults(folder, results, registry)
