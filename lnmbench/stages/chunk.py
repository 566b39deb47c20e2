"""A chunk of work: all units of one method in one repeat, computed anywhere, written by the owner.

A chunk depends on its record alone, so that it gives the same numbers in this process, in
another one, and after a restart.
"""

from __future__ import annotations

import functools
import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lnmbench import environment
from lnmbench.clinical import feature_frame, preprocessor
from lnmbench.contracts import Baseline, Weighting
from lnmbench.records import Cohort, Epoch, Method, Plan, Unit, UnitResult
from lnmbench.registry import Registry
from lnmbench.stages.plan import positions
from lnmbench.store.cohort_file import read_cohort
from lnmbench.store.feature_cache import read_features

if TYPE_CHECKING:
    from torch import Tensor

    from lnmbench.nets.fits import Inputs

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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """One inner fit: masks (n,) of the cases that it trains on, stops by, and is tested on."""

    fold: int
    inner: int
    training: NDArray[np.bool_]
    validation: NDArray[np.bool_]
    test: NDArray[np.bool_]
    seed: int


def execute(chunk: Chunk) -> list[UnitResult]:
    """Return the results of every unit of the chunk."""
    started = time.perf_counter()
    cohort = read_cohort(chunk.cohort)
    registry = _registry(chunk.plugins)
    work = _baseline if chunk.method.kind == "baseline" else _network
    results = work(chunk, cohort, registry)
    seconds = (time.perf_counter() - started) / len(results)
    memory = environment.peak_memory_mb()
    return [replace(result, seconds=seconds, memory_mb=memory) for result in results]


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


@functools.lru_cache(maxsize=1)
def _registry(plugins: tuple[str, ...]) -> Registry:
    return Registry(plugins)


class TargetAlone:
    """The weighting of a network without auxiliary tasks."""

    def learned(self, tasks: Sequence[str]) -> Sequence[float]:
        """Return nothing to learn."""
        return ()

    def combine(self, losses: Tensor, learned: Tensor) -> Tensor:
        """Return the target's loss, (K,) of (K, 1)."""
        return losses[:, 0]


def _network(chunk: Chunk, cohort: Cohort, registry: Registry) -> list[UnitResult]:
    import torch

    from lnmbench.nets.fits import Fits
    from lnmbench.nets.training import train

    method, plan = chunk.method, chunk.plan
    assert method.training is not None
    at = positions(cohort, plan)
    planned = list(fits(plan, chunk.repeat))
    validation = np.stack([fit.validation for fit in planned])
    stack = Fits(
        training=torch.from_numpy(np.stack([fit.training for fit in planned])),
        validation=torch.from_numpy(validation),
        predicted=torch.from_numpy(validation | np.stack([fit.test for fit in planned])),
        clinical=torch.from_numpy(_clinical(cohort, at, planned)),
        seeds=tuple(fit.seed for fit in planned),
    )
    weighting: Weighting = TargetAlone()
    if method.weighting is not None:
        weighting = registry.build("weighting", method.weighting)
    made = train(_inputs(chunk, cohort, at, registry), stack, method.training, weighting)
    histories: dict[int, list[Epoch]] = {}
    for row in made.history:
        inner = planned[row.fit].inner
        losses = {"training_loss": row.training_loss, "validation_loss": row.validation_loss}
        histories.setdefault(row.fit, []).append(Epoch(inner=inner, epoch=row.epoch, **losses))
    units: dict[int, list[int]] = {}
    for k, fit in enumerate(planned):
        units.setdefault(fit.fold, []).append(k)
    return [
        _unit_result(
            chunk,
            [planned[k] for k in members],
            {task: values[members] for task, values in made.probabilities.items()},
            fits=len(members),
            epochs=int(made.epochs[members].sum()),
            history=tuple(epoch for k in members for epoch in histories[k]),
        )
        for members in units.values()
    ]


def _inputs(chunk: Chunk, cohort: Cohort, at: NDArray[np.int64], registry: Registry) -> Inputs:
    import torch

    from lnmbench.nets.fits import AuxInput, Inputs

    tasks = {str(choice): registry.build("aux task", choice) for choice in chunk.method.aux}
    aux = tuple(
        AuxInput(name=name, task=task, targets=torch.from_numpy(task.targets(cohort)[at]).float())
        for name, task in tasks.items()
    )
    target = torch.from_numpy(chunk.plan.truth).float()
    if chunk.features is None:
        return Inputs(target=target, aux=aux, target_name=TARGET)
    counts = (cohort.offsets[1:] - cohort.offsets[:-1])[at]
    rows = np.concatenate([np.arange(cohort.offsets[i], cohort.offsets[i + 1]) for i in at])
    return Inputs(
        target=target,
        aux=aux,
        slices=torch.from_numpy(read_features(chunk.features)[rows]),
        offsets=torch.from_numpy(np.concatenate([[0], np.cumsum(counts)])),
        target_name=TARGET,
    )


def _clinical(cohort: Cohort, at: NDArray[np.int64], planned: list[Fit]) -> NDArray[np.float32]:
    """Clinical features for every fit, (K, n, C): fitted on that fit's training cases alone."""
    if not cohort.features:
        return np.zeros((len(planned), len(at), 0), dtype=np.float32)
    frame = feature_frame(cohort, at)
    made = [
        preprocessor(cohort.features).fit(frame[fit.training]).transform(frame) for fit in planned
    ]
    return np.stack(made).astype(np.float32)


def _unit_result(
    chunk: Chunk,
    unit: list[Fit],
    probabilities: Mapping[str, NDArray[np.float64]],
    *,
    fits: int,
    epochs: int = 0,
    settings: Mapping[str, object] | None = None,
    history: tuple[Epoch, ...] = (),
) -> UnitResult:
    """The ensemble of a unit's inner fits, whose `probabilities` are (fits, n, outputs)."""
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
        settings=settings or {},
        history=history,
    )


def _baseline(chunk: Chunk, cohort: Cohort, registry: Registry) -> list[UnitResult]:
    from threadpoolctl import threadpool_limits

    assert chunk.method.baseline is not None
    baseline: Baseline = registry.build("baseline", chunk.method.baseline)
    frame = feature_frame(cohort, positions(cohort, chunk.plan))
    planned = list(fits(chunk.plan, chunk.repeat))
    results = []
    with threadpool_limits(1):  # small matrices: more threads only wait for each other
        for fold in range(chunk.plan.protocol.folds):
            unit = [fit for fit in planned if fit.fold == fold]
            tried = [_tried(baseline, cohort, frame, chunk.plan.truth, fit) for fit in unit]
            # proper score first; the earlier candidate wins a tie
            chosen = int(np.argmin(np.mean([losses for losses, _ in tried], axis=0)))
            candidates = baseline.candidates()
            results.append(
                _unit_result(
                    chunk,
                    unit,
                    {TARGET: np.stack([p[chosen] for _, p in tried])[..., None]},
                    fits=len(unit) * len(candidates),
                    settings=dict(candidates[chosen]),
                )
            )
    return results


def _tried(
    baseline: Baseline,
    cohort: Cohort,
    frame: Any,
    truth: NDArray[np.float64],
    fit: Fit,
) -> tuple[list[float], list[NDArray[np.float64]]]:
    """Each candidate's log loss on the inner validation fold, and its probabilities (n,)."""
    from sklearn.base import clone
    from sklearn.metrics import log_loss
    from sklearn.pipeline import Pipeline

    model, ready = baseline.estimator(cohort.features), frame
    if isinstance(model, Pipeline) and len(model) > 1:  # what comes before is fitted once
        before, model = model[:-1], model[-1]
        ready = before.fit(frame[fit.training], truth[fit.training]).transform(frame)
    losses, probabilities = [], []
    for candidate in baseline.candidates():
        fitted = clone(model).set_params(**candidate).fit(ready[fit.training], truth[fit.training])
        p = fitted.predict_proba(ready)[:, 1]
        losses.append(float(log_loss(truth[fit.validation], p[fit.validation], labels=[0.0, 1.0])))
        probabilities.append(p)
    return losses, probabilities
