"""Selection of the methods of a benchmark: those that are named, and their references."""

from __future__ import annotations

from dataclasses import dataclass

from lnmbench import choices
from lnmbench.config import Benchmark
from lnmbench.contracts import AuxTask, Encoder, Weighting
from lnmbench.defaults import DEFAULTS
from lnmbench.errors import UserError
from lnmbench.registry import Registry, Selection
from lnmbench.registry.boundary.baselines import GuardedBaseline

DEFAULT_ENCODER = choices.parse(DEFAULTS.encoder)
DEFAULT_AUX = choices.parse_all(DEFAULTS.aux)
DEFAULT_BASELINE = choices.parse(DEFAULTS.baseline)
DEFAULT_WEIGHTING = choices.parse(DEFAULTS.weighting)


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodSelections:
    """The selections of all methods: each encoder with each set of auxiliary tasks, baselines."""

    encoders: tuple[Selection[Encoder], ...]
    aux: tuple[tuple[Selection[AuxTask], ...], ...]
    weighting: Selection[Weighting]
    baselines: tuple[Selection[GuardedBaseline], ...]


def select_methods(benchmark: Benchmark, registry: Registry) -> MethodSelections:
    """Return the selections of the methods that are named and, unless `only`, of references.

    The references of a network with auxiliary tasks are the same network without them, and the
    baselines.

    Raises
    ------
    UserError
        For unknown names and parameters, and for a benchmark without any method.
    """
    only = benchmark.only
    encoders = benchmark.encoder or (DEFAULT_ENCODER,)
    aux = list(benchmark.aux if benchmark.aux is not None else [() if only else DEFAULT_AUX])
    if not only and () not in aux:
        aux.append(())
    if only and benchmark.encoder is None and benchmark.aux is None:
        encoders, aux = (), []
    baselines = benchmark.baseline or (() if only else (DEFAULT_BASELINE,))
    if not aux and not baselines:
        raise UserError(
            "the benchmark names no method", then="name one with --encoder, --aux or --baseline"
        )
    return MethodSelections(
        weighting=registry.weightings.select(benchmark.weighting),
        encoders=tuple(map(registry.encoders.select, encoders)),
        aux=tuple(tuple(map(registry.aux_tasks.select, tasks)) for tasks in aux),
        baselines=tuple(map(registry.baselines.select, baselines)),
    )
