"""A chunk of work: all units of one method in one repeat, computed anywhere, written by the owner.

A chunk depends on its record alone, so that it gives the same numbers in this process, in
another one, and after a restart.
"""

from __future__ import annotations

import functools
import hashlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnmbench import environment
from lnmbench.clinical import feature_frame, preprocessor
from lnmbench.contracts import Baseline
from lnmbench.records import Cohort, Epoch, Method, Plan, Unit, UnitResult
from lnmbench.registry import Registry
from lnmbench.stages.plan import positions
from lnmbench.store.cohort_file import read_cohort
from lnmbench.store.feature_cache import read_features

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


def _network(chunk: Chunk, cohort: Cohort, registry: Registry) -> list[UnitResult]:
    import torch

    from lnmbench.nets.fits import AuxInput, Fits, Inputs
    from lnmbench.nets.training import train

    method, plan = chunk.method, chunk.plan
    assert method.training is not None
    at = positions(cohort, plan)
    planned = list(fits(plan, chunk.repeat))
    slices, offsets = _slices(chunk, cohort, at)
    tasks = {str(choice): registry.build("aux task", choice) for choice in method.aux}
    inputs = Inputs(
        slices=slices,
        offsets=torch.from_numpy(offsets),
        target=torch.from_numpy(plan.truth).float(),
        aux=tuple(
            AuxInput(name=name, task=task, targets=torch.from_numpy(task.targets(cohort)[at]))
            for name, task in tasks.items()
        ),
    )
    stack = Fits.of(
        training=torch.from_numpy(np.stack([fit.training for fit in planned])),
        validation=torch.from_numpy(np.stack([fit.validation for fit in planned])),
        predicted=torch.from_numpy(np.stack([fit.validation | fit.test for fit in planned])),
        clinical=torch.from_numpy(_clinical(cohort, at, planned)),
        seeds=tuple(fit.seed for fit in planned),
        settings=method.training,
    )
    weighting = registry.build("weighting", method.weighting) if method.weighting else None
    made = train(inputs, stack, method.training, weighting)
    probabilities = {task: values.numpy() for task, values in made.probabilities.items()}
    histories: dict[int, list[Epoch]] = {}
    for row in made.history:
        histories.setdefault(row.fit, []).append(
            Epoch(
                inner=planned[row.fit].inner,
                epoch=row.epoch,
                training_loss=row.training_loss,
                validation_loss=row.validation_loss,
            )
        )
    return [
        _unit_result(
            chunk,
            planned,
            [k for k, fit in enumerate(planned) if fit.fold == fold],
            probabilities,
            epochs=made.epochs.tolist(),
            history=histories,
        )
        for fold in range(plan.protocol.folds)
    ]


def _slices(chunk: Chunk, cohort: Cohort, at: NDArray[np.int64]) -> tuple[Any, NDArray[np.int64]]:
    """Features of the planned cases' slices, case after case, and the offsets of the cases."""
    import torch

    if chunk.features is None:
        return None, np.zeros(len(at) + 1, dtype=np.int64)
    counts = (cohort.offsets[1:] - cohort.offsets[:-1])[at]
    rows = np.concatenate([np.arange(cohort.offsets[i], cohort.offsets[i + 1]) for i in at])
    features = read_features(chunk.features)[rows]
    return torch.from_numpy(features), np.concatenate([[0], np.cumsum(counts)])


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
    planned: list[Fit],
    members: list[int],
    probabilities: Mapping[str, NDArray[np.float64]],
    **facts: Any,
) -> UnitResult:
    """The ensemble of a unit's inner fits; `probabilities` are (K, n, outputs) for all fits."""
    test = planned[members[0]].test
    ensembles = {}
    for task, values in probabilities.items():
        ensemble = np.full(values.shape[1:], np.nan)
        ensemble[test] = values[members][:, test].astype(np.float64).mean(axis=0)
        ensembles[task] = ensemble
    validation = np.full(len(test), np.nan)
    for k in members:
        held_out = planned[k].validation
        validation[held_out] = probabilities[TARGET][k, held_out, 0]
    epochs, history = facts.pop("epochs", None), facts.pop("history", {})
    return UnitResult(
        unit=Unit(
            method=chunk.method.fingerprint, repeat=chunk.repeat, fold=planned[members[0]].fold
        ),
        test=ensembles,
        validation=validation,
        seconds=0.0,
        memory_mb=0.0,
        fits=facts.pop("fits", len(members)),
        epochs=sum(epochs[k] for k in members) if epochs else 0,
        settings=facts.pop("settings", {}),
        history=tuple(epoch for k in members for epoch in history.get(k, [])),
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
                    list(range(len(unit))),
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

    pipeline = baseline.estimator(cohort.features)
    before, model = pipeline[:-1], pipeline[-1]
    before.fit(frame[fit.training], truth[fit.training])
    ready = before.transform(frame)
    losses, probabilities = [], []
    for candidate in baseline.candidates():
        fitted = clone(model).set_params(**candidate).fit(ready[fit.training], truth[fit.training])
        p = fitted.predict_proba(ready)[:, 1]
        losses.append(float(log_loss(truth[fit.validation], p[fit.validation], labels=[0.0, 1.0])))
        probabilities.append(p)
    return losses, probabilities
