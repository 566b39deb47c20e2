"""Networks of a chunk: all fits of a repeat, with all their candidates, trained in stacks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import (
    TARGET,
    Candidate,
    Cohort,
    Plan,
    UnitResult,
    feature_modalities,
    task_weight,
)
from lnmbench.registry import Registry
from lnmbench.stages.plan import (
    CandidateGroup,
    LabelSource,
    build_tasks,
    build_weighting,
    network_positions,
    unlabeled_training,
)
from lnmbench.stages.run.chunk import Fit, NetworkChunk, list_fits
from lnmbench.stages.run.features import rebuild_encoder
from lnmbench.stages.run.fit_batches import Batch, BatchMember, split_into_batches
from lnmbench.stages.run.network_features import clinical_inputs, modality_inputs
from lnmbench.stages.run.network_inputs import network_inputs
from lnmbench.stages.run.outer_fold import OuterFold, split_by_fold
from lnmbench.stages.run.permutations import list_inputs
from lnmbench.stages.run.permuted_fits import permute_fits
from lnmbench.text import plural

if TYPE_CHECKING:
    from torch import Tensor

    from lnmbench.nets.fit_results import FitEpoch, FitResults
    from lnmbench.nets.fits import Fits
    from lnmbench.nets.inputs import Inputs


def network_results(chunk: NetworkChunk, cohort: Cohort, registry: Registry) -> list[UnitResult]:
    """Return the results of the chunk's units.

    Each unit of a method with several candidates takes the one with the lowest mean loss of the
    target over its inner folds.

    Parameters
    ----------
    chunk
        The network and the repeat.
    cohort
        The cohort of the chunk.
    registry
        The plugins that the method uses.

    Raises
    ------
    UserError
        If every candidate diverges.
    """
    planned = list(list_fits(chunk.plan, chunk.repeat))
    features = feature_modalities(chunk.method.encoder)
    selected = cohort.select_modalities(features)
    fits = stack_fits(selected, chunk.plan, planned)
    inputs = list_inputs(selected.features, has_images=chunk.features is not None)
    if chunk.importance:
        fits = replace(fits, permutations=permute_fits(inputs, selected, planned, fits, chunk))
    units = split_by_fold(planned)
    batches = split_into_batches(units, fits, chunk.groups, chunk.plan.endpoints.shape[1])
    tasks = [TARGET, *map(str, chunk.method.aux)]
    notes: dict[str, None] = {}
    if chunk.method.training.search_epochs is not None and len(_candidates(chunk)) > 1:
        _drop_candidates(chunk, cohort, batches, registry)
    for batch, results in _train_batches(chunk, cohort, batches, registry):
        _add_trials(batch, results, tasks)
        notes.update(dict.fromkeys((*results.notes, *_describe_divergence(results))))
        del results  # before the next batch predicts
    return [unit.result(chunk, tuple(notes), inputs) for unit in units]


def _describe_divergence(results: FitResults) -> Iterator[str]:
    """Yield a note on fits whose validation loss was not finite after their best epoch."""
    diverged = {epoch.fit for epoch in results.history if not math.isfinite(epoch.validation_loss)}
    late = [fit for fit in diverged if math.isfinite(results.best_loss[fit])]
    if late:
        yield (
            f"{len(late)} of {plural(len(results.epochs), 'fit')} diverged after a good epoch,"
            " whose weights predict; check the losses, or lower the learning rate"
        )


def _train_batches(
    chunk: NetworkChunk,
    cohort: Cohort,
    batches: Sequence[Batch],
    registry: Registry,
    last_epoch: int | None = None,
) -> Iterator[tuple[Batch, FitResults]]:
    """Train the candidates that are not dropped, batch after batch, to an epoch or to the end."""
    from lnmbench.nets.parallel import train

    trains_encoder = chunk.features is not None and chunk.method.trained_from != "none"
    encoder = rebuild_encoder(chunk.method, registry) if trains_encoder else None
    memory_gb = chunk.resources.memory_gb
    source = LabelSource.of_plan(chunk.plan, cohort)
    inputs: dict[tuple[str, ...], Inputs] = {}
    # groups of the same tasks follow each other, so that inputs are made once and one is in memory
    for batch in sorted(batches, key=lambda each: _task_names(each.group)):
        group, names = batch.group, _task_names(batch.group)
        rows = [row for member in batch.list_members() for row in member.rows]
        if not rows:
            continue
        fits = repeat_for_candidates(batch.fits, group)
        if names not in inputs:
            tasks = build_tasks(group.method.aux, registry, source)
            inputs = {names: network_inputs(group.method, tasks, chunk, cohort, encoder)}
        train_batch = partial(
            train,
            inputs[names],
            fits if len(rows) == len(fits) else fits.select(rows),
            group.method.training,
            build_weighting(group.method, registry),
            device=chunk.resources.device,
            memory=None if memory_gb is None else int(memory_gb * 1e9),
            last_epoch=last_epoch,
        )
        yield batch, _select_cases(train_batch(), len(chunk.plan.ids))


def _select_cases(results: FitResults, n: int) -> FitResults:
    """Return the results of the plan's n cases, which come before those without a known target."""
    probabilities = {task: values[:, :n] for task, values in results.probabilities.items()}
    return replace(results, probabilities=probabilities)


def stack_fits(cohort: Cohort, plan: Plan, planned: Sequence[Fit]) -> Fits:
    """Return K planned fits as one stack, with the cases of `network_positions`.

    Parameters
    ----------
    cohort
        The cohort with the features that the network gets.
    plan
        The plan of the fits.
    planned
        The K fits.
    """
    import torch

    from lnmbench.nets.fits import Fits

    positions = network_positions(plan, cohort)
    training = np.stack([fit.training for fit in planned])  # (K, n)
    if len(positions) > len(plan.ids):
        unlabeled = [unlabeled_training(plan, cohort, fit.training) for fit in planned]
        training = np.concatenate([training, unlabeled], axis=1)
    validation = _pad(np.stack([fit.validation for fit in planned]), len(positions))
    test = _pad(np.stack([fit.test for fit in planned]), len(positions))
    return Fits(
        training=torch.from_numpy(training),
        validation=torch.from_numpy(validation),
        predicted=torch.from_numpy(validation | test),
        clinical=torch.from_numpy(clinical_inputs(cohort, positions, training)),
        modalities=modality_inputs(cohort, positions, training),
        seeds=tuple(fit.seed for fit in planned),
    )


def _pad(masks: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
    """Return masks (K, width) of masks (K, n) that are false for the cases after them."""
    return np.pad(masks, ((0, 0), (0, width - masks.shape[1])))


def repeat_for_candidates(fits: Fits, group: CandidateGroup) -> Fits:
    """Return K fits for each candidate of the group in turn, with its settings.

    The fits keep their seeds: all candidates have equal initial weights, and see the cases in the
    same order.
    """
    rows = list(range(len(fits))) * len(group.candidates)
    return replace(
        fits.select(rows),
        learning_rate=_setting_of_fits("learning_rate", group, len(fits)),
        weight_decay=_setting_of_fits("weight_decay", group, len(fits)),
        dropout=_setting_of_fits("dropout", group, len(fits)),
        feature_penalty=_setting_of_fits("feature_penalty", group, len(fits)),
        loss_weights=_loss_weights(group, len(fits)),
    )


def _setting_of_fits(name: str, group: CandidateGroup, count: int) -> Tensor | None:
    """Return a setting of `count` fits for each candidate, None if it is not searched."""
    import torch

    if name not in group.candidates[0].settings:
        return None
    values = [candidate.settings[name] for candidate in group.candidates]
    return torch.tensor(values, dtype=torch.float64).repeat_interleave(count)


def _loss_weights(group: CandidateGroup, count: int) -> Tensor | None:
    import torch

    weights = torch.tensor([1.0, *map(task_weight, group.method.aux)], dtype=torch.float64)
    searched = _setting_of_fits("aux_weight", group, count)
    if searched is None and bool((weights == 1.0).all()):
        return None
    rows = weights.repeat(count * len(group.candidates), 1)  # (fits, 1 + tasks)
    if searched is not None:
        rows[:, 1:] *= searched.unsqueeze(1)
    return rows


def _task_names(group: CandidateGroup) -> tuple[str, ...]:
    return tuple(map(str, group.method.aux))


def _candidates(chunk: NetworkChunk) -> list[Candidate]:
    return [candidate for group in chunk.groups for candidate in group.candidates]


def _drop_candidates(
    chunk: NetworkChunk, cohort: Cohort, batches: Sequence[Batch], registry: Registry
) -> None:
    """Drop half of the candidates of each outer fold, by their losses after the first epochs.

    This is the first step of successive halving (Jamieson & Talwalkar 2016). The other candidates
    are trained again from the start, as in a search that drops none.
    """
    short = [replace(batch, fits=replace(batch.fits, permutations=None)) for batch in batches]
    losses: dict[OuterFold, dict[int, float]] = {}
    last = chunk.method.training.search_epochs
    for batch, results in _train_batches(chunk, cohort, short, registry, last):
        last_losses = {epoch.fit: epoch.validation_loss for epoch in results.history}
        for member, rows in _list_rows(batch):
            mean = sum(last_losses[row] for row in rows) / len(rows)
            of_unit = losses.setdefault(member.unit, {})
            of_unit[member.candidate.number] = mean if math.isfinite(mean) else math.inf
            member.unit.epochs += int(results.epochs[list(rows)].sum())
    for unit, of_unit in losses.items():
        unit.drop_candidates(of_unit, _candidates(chunk))


def _list_rows(batch: Batch) -> Iterator[tuple[BatchMember, range]]:
    """Yield the members of a batch with their rows in the results."""
    row = 0
    for member in batch.list_members():
        rows = range(row, row + len(member.rows))
        yield member, rows
        row = rows.stop


def _add_trials(batch: Batch, results: FitResults, tasks: Sequence[str]) -> None:
    """Distribute the rows of a stack over the units: candidate by candidate, fold by fold."""
    history: dict[int, list[FitEpoch]] = {}
    for epoch in results.history:
        history.setdefault(epoch.fit, []).append(epoch)
    for member, rows in _list_rows(batch):
        member.unit.add_trial(member.candidate, results, rows, history, tasks)
