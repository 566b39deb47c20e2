"""A chunk of work: all units of one method in one repeat, computed anywhere, written by the owner.

A chunk depends on its record alone, so that it gives the same numbers in this process, in
another one, and after a restart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Epoch, Method, Plan, Resources, Trial, Unit, UnitResult

TARGET = "target"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chunk:
    """All units of one method in one repeat.

    `features` is the feature cache of the method's encoder, None without images; `plugins` are
    the plugins named by the user beside the installed ones.
    """

    method: Method
    repeat: int
    plan: Plan
    cohort: Path
    features: Path | None
    plugins: tuple[str, ...] = ()
    resources: Resources = field(default_factory=Resources)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """One inner fit: masks (n,) of the cases that it trains on, stops by, and is tested on."""

    fold: int
    inner: int
    training: NDArray[np.bool_]
    validation: NDArray[np.bool_]
    test: NDArray[np.bool_]
    seed: int


def fits(plan: Plan, repeat: int) -> Iterator[Fit]:
    """Yield the inner fits of a repeat, fold after fold.

    A fit's seed depends on the protocol's seed and its place alone, not on the method: networks
    that differ in one thing start alike in all else.
    """
    protocol = plan.protocol
    for fold in range(protocol.folds):
        inner_of = plan.splits.inner[repeat, fold]
        for inner in range(protocol.inner):
            place = f"{protocol.seed}|{repeat}|{fold}|{inner}"
            yield Fit(
                fold=fold,
                inner=inner,
                training=(inner_of >= 0) & (inner_of != inner),
                validation=inner_of == inner,
                test=inner_of < 0,
                seed=int.from_bytes(hashlib.sha256(place.encode()).digest()[:7]),
            )


def unit_result(
    chunk: Chunk,
    unit: Sequence[Fit],
    probabilities: Mapping[str, NDArray[np.float64]],
    *,
    fits: int,
    epochs: int = 0,
    search: Sequence[Trial] = (),
    history: tuple[Epoch, ...] = (),
    notes: tuple[str, ...] = (),
) -> UnitResult:
    """The ensemble of a unit's inner fits, whose `probabilities` are (fits, n, outputs).

    `search` is all that was tried; a single candidate was no search.
    """
    test = unit[0].test
    ensembles = {task: np.full(values.shape[1:], np.nan) for task, values in probabilities.items()}
    for task, values in probabilities.items():
        ensembles[task][test] = values[:, test].mean(axis=0)
    validation = np.full(len(test), np.nan)
    for fit, values in zip(unit, probabilities[TARGET], strict=True):
        validation[fit.validation] = values[fit.validation, 0]
    return UnitResult(
        unit=Unit(method=chunk.method.fingerprint, repeat=chunk.repeat, fold=unit[0].fold),
        test=ensembles,
        validation=validation,
        seconds=0.0,
        memory_mb=0.0,
        fits=fits,
        epochs=epochs,
        settings=next((dict(tried.settings) for tried in search if tried.chosen), {}),
        search=tuple(search) if len(search) > 1 else (),
        history=history,
        notes=notes,
    )
