"""Calls of the Python API: run a benchmark, read a run."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack, cast

from lnmbench import choices
from lnmbench.api.run_results import RunResults
from lnmbench.api.usable_plugins import load_plugins
from lnmbench.config import BenchmarkOptions, read_benchmark
from lnmbench.defaults import DEFAULTS
from lnmbench.environment import home
from lnmbench.errors import UserError, nearest
from lnmbench.estimators import Estimator
from lnmbench.progress import SilentProgress, make_progress
from lnmbench.records import Resources, RunFolders
from lnmbench.stages.ingest import IngestSettings, make_ingest_options
from lnmbench.stages.report import read_results
from lnmbench.stages.run import run as run_benchmark

if TYPE_CHECKING:
    from lnmbench.contracts import Progress


class RunSettings(BenchmarkOptions, IngestSettings, total=False):
    """Settings of a benchmark file, and options of the cohort file, by their names."""


def run(
    config: str | Path | None = None,
    *,
    plugin: str | Path | Sequence[str | Path] = (),
    executor: str = DEFAULTS.executor,
    device: str = "auto",
    memory: float | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
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
    _refuse_unknown(settings)
    ingest_names = IngestSettings.__annotations__
    options = {name: value for name, value in settings.items() if name not in ingest_names}
    benchmark = read_benchmark(
        None if config is None else Path(config), cast("BenchmarkOptions", options)
    )
    ingest_settings = {name: value for name, value in settings.items() if name in ingest_names}
    ingest_options = make_ingest_options(
        cast("IngestSettings", ingest_settings), extract=benchmark.extract
    )
    if workers is not None and workers < 1:
        raise UserError("wrong value for --workers", expected="1 or more", got=str(workers))
    estimators = _list_estimators(settings.get("baseline"))
    registry = load_plugins(plugin, estimators, debug=debug)
    executor_choice = choices.parse_setting("--executor", executor)
    if executor_choice != choices.parse(DEFAULTS.executor):
        for estimator in estimators:
            estimator.pack()  # refuse what workers cannot get before anything is trained
    with _showing(progress) as display:
        folder = run_benchmark(
            benchmark,
            registry,
            folders=RunFolders(home=home(), out=None if out is None else Path(out)),
            executor=executor_choice,
            workers=workers or os.cpu_count() or 1,
            plugins=(*registry.extra, *estimators),
            progress=display,
            ingest_options=ingest_options,
            resources=Resources(device=device, memory_gb=memory),
        )
    return RunResults(folder, read_results(folder, registry), registry)


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


def _refuse_unknown(settings: Mapping[str, object]) -> None:
    known = RunSettings.__annotations__
    for name in settings:
        if name not in known:
            raise UserError(f"unknown setting {name[:40]!r}", then=nearest(name, known))


def _list_estimators(baseline: object) -> tuple[Estimator, ...]:
    listed: Iterable[Any] = baseline if isinstance(baseline, list | tuple) else (baseline,)
    return tuple(each for each in listed if isinstance(each, Estimator))


@contextmanager
def _showing(progress: bool | Progress) -> Iterator[Progress]:
    """Yield the display of progress, and restore the terminal afterward."""
    if not isinstance(progress, bool):
        yield progress
    elif progress:
        with make_progress() as display:
            yield display
    else:
        yield SilentProgress()
