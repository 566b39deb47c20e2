"""Settings of a call of the Python API, resolved to a benchmark and its plugins."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from lnmbench import choices
from lnmbench.api.usable_plugins import load_plugins
from lnmbench.config import Benchmark, BenchmarkOptions, read_benchmark
from lnmbench.defaults import DEFAULTS
from lnmbench.errors import UserError, nearest
from lnmbench.estimators import Estimator
from lnmbench.progress import SilentProgress, make_progress
from lnmbench.records import Choice
from lnmbench.registry import Registry
from lnmbench.stages.ingest import IngestOptions, IngestSettings, make_ingest_options

if TYPE_CHECKING:
    from lnmbench.contracts import Progress


class RunSettings(BenchmarkOptions, IngestSettings, total=False):
    """Settings of a benchmark file, and options of the cohort file, by their names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedCall:
    """A benchmark with its plugins, its executor and the options of the cohort file."""

    benchmark: Benchmark
    registry: Registry
    executor: Choice
    estimators: tuple[Estimator, ...]
    ingest_options: IngestOptions
    workers: int


def prepare_call(
    config: str | Path | None,
    settings: RunSettings,
    *,
    plugin: str | Path | Sequence[str | Path],
    executor: str,
    workers: int | None,
    quick: bool,
    debug: bool,
) -> PreparedCall:
    """Return what a call runs or estimates; parameters as in `run`.

    Raises
    ------
    UserError
        For an unknown setting and a wrong value.
    """
    _refuse_unknown(settings)
    ingest_names = IngestSettings.__annotations__
    options = {name: value for name, value in settings.items() if name not in ingest_names}
    if quick:
        counts = {"repeats": DEFAULTS.quick.repeats, "folds": DEFAULTS.quick.folds}
        counts["inner"] = DEFAULTS.quick.inner
        options |= {name: count for name, count in counts.items() if options.get(name) is None}
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
    return PreparedCall(
        benchmark=benchmark,
        registry=registry,
        executor=executor_choice,
        estimators=estimators,
        ingest_options=ingest_options,
        workers=workers or os.cpu_count() or 1,
    )


@contextmanager
def show_progress(progress: bool | Progress) -> Iterator[Progress]:
    """Yield the display of progress, and restore the terminal afterward."""
    if not isinstance(progress, bool):
        yield progress
    elif progress:
        with make_progress() as display:
            yield display
    else:
        yield SilentProgress()


def _refuse_unknown(settings: Mapping[str, object]) -> None:
    known = RunSettings.__annotations__
    for name in settings:
        if name not in known:
            raise UserError(f"unknown setting {name[:40]!r}", then=nearest(name, known))


def _list_estimators(baseline: object) -> tuple[Estimator, ...]:
    listed: Iterable[Any] = baseline if isinstance(baseline, list | tuple) else (baseline,)
    return tuple(each for each in listed if isinstance(each, Estimator))
