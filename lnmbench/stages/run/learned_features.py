"""Features of images that networks learn from auxiliary tasks alone, out of fold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lnmbench.errors import UserError
from lnmbench.records import Candidate, Cohort, NetworkMethod, Plan
from lnmbench.registry import Registry
from lnmbench.stages.plan import (
    CandidateGroup,
    LabelSource,
    TasksAlone,
    build_tasks,
    network_positions,
    unlabeled_training,
)
from lnmbench.stages.run.chunk import BaselineChunk, Fit, NetworkChunk, list_fits
from lnmbench.stages.run.features import rebuild_encoder
from lnmbench.stages.run.network_inputs import network_inputs
from lnmbench.stages.run.networks import repeat_for_candidates, stack_fits
from lnmbench.text import plural

if TYPE_CHECKING:
    from torch import Tensor

    from lnmbench.nets.fits import Fits
    from lnmbench.nets.inputs import Inputs
    from lnmbench.nets.model import StackedModel
    from lnmbench.nets.stacked.active_fits import StackState

STOPPING_SHARE = 0.2
"""The share of its labeled training cases that stop a network without a target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherCases:
    """Cases after those of the networks that learn features, which train no network.

    Attributes
    ----------
    add
        Returns inputs and fits with the further cases. Its third argument are the test cases of
        each fit whose features it predicts, bool (K, n).
    inspect
        Called with the trained networks, as `on_trained` of `lnmbench.nets.parallel.train`, and
        with the same test cases as its first argument.
    """

    add: Callable[[Inputs, Fits, Tensor], tuple[Inputs, Fits]]
    inspect: Callable[[Tensor, range, StackedModel, StackState], None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Network:
    """A network that learns tasks alone: the fit that it belongs to, and its cases (n,)."""

    fit: Fit
    training: NDArray[np.bool_]
    stopping: NDArray[np.bool_]
    predicted: NDArray[np.bool_]


def learn_features(
    chunk: BaselineChunk,
    network: NetworkMethod,
    cohort: Cohort,
    registry: Registry,
    further: FurtherCases | None = None,
) -> dict[tuple[int, int], NDArray[np.float64]]:
    """Return the image features of all cases (n, F) by outer and inner fold, NaN without images.

    Parameters
    ----------
    chunk
        A baseline on learned features and the repeat.
    network
        Its network, which has auxiliary tasks.
    cohort
        The cohort of the chunk.
    registry
        The plugins that the method uses.
    further
        Further cases, whose features follow those of the n cases.
    """
    from lnmbench.nets.parallel import train

    inputs = task_inputs(chunk, network, cohort, registry)
    known = _find_labeled(inputs)[: len(chunk.plan.ids)]
    networks = list(_list_networks(chunk, cohort, known))
    fits = _stack(networks, network, cohort, chunk.plan)
    inspect, trained_cases = None, len(inputs.target)
    if further is not None:
        tested = _find_tested(networks, trained_cases)
        inputs, fits = further.add(inputs, fits, tested)
        inspect = partial(further.inspect, tested)
    memory_gb = chunk.resources.memory_gb
    results = train(
        inputs,
        fits,
        network.training,
        TasksAlone(),
        device=chunk.resources.device,
        memory=None if memory_gb is None else int(memory_gb * 1e9),
        on_trained=inspect,
    )
    diverged = int(np.isinf(results.best_loss).sum())
    if diverged or results.image_features is None:
        raise UserError(
            f"{diverged} of {plural(len(networks), 'network')} diverged in the first epoch",
            where=f"{chunk.method.label}, repeat {chunk.repeat}",
            expected="a finite validation loss",
            then="lower the learning rate",
        )
    n, width = len(chunk.plan.ids), results.image_features.shape[2]
    further_features = results.image_features[:, trained_cases:]
    has_images = np.ones(n, np.bool_)
    if inputs.slices is not None:
        has_images = inputs.slices.has_slices[:n].numpy()
    learned: dict[tuple[int, int], NDArray[np.float64]] = {}
    for row, each in enumerate(networks):
        place = (each.fit.fold, each.fit.inner)
        shape = (n + further_features.shape[1], width)
        features = learned.setdefault(place, np.full(shape, np.nan))
        predicted = each.predicted & has_images
        features[:n][predicted] = results.image_features[row, :n][predicted]
        is_known = np.isfinite(further_features[row]).all(axis=1)
        features[n:][is_known] = further_features[row][is_known]
    return learned


def _find_tested(networks: Sequence[_Network], n: int) -> Tensor:
    """Return whether each of n cases is a test case that a network predicts, (K, n)."""
    import torch

    tested = np.stack([each.predicted & each.fit.test for each in networks])
    return torch.from_numpy(np.pad(tested, ((0, 0), (0, n - tested.shape[1]))))


def task_inputs(
    chunk: BaselineChunk, network: NetworkMethod, cohort: Cohort, registry: Registry
) -> Inputs:
    """Return the inputs of a baseline's network without the labels of the target.

    Parameters
    ----------
    chunk
        The baseline.
    network
        Its network.
    cohort
        The cohort.
    registry
        The plugins that the method uses.
    """
    import torch

    network_chunk = NetworkChunk(
        method=network,
        groups=(),
        repeat=chunk.repeat,
        plan=chunk.plan,
        cohort_file=chunk.cohort_file,
        features=chunk.features,
        examples=chunk.examples,
    )
    source = LabelSource.of_plan(chunk.plan, cohort)
    tasks = build_tasks(network.aux, registry, source)
    encoder = rebuild_encoder(network, registry) if network.trained_from != "none" else None
    inputs = network_inputs(network, tasks, network_chunk, cohort, encoder)
    return replace(inputs, target=torch.full((len(inputs.target),), torch.nan), ordered=False)


def _find_labeled(inputs: Inputs) -> NDArray[np.bool_]:
    """Return whether a case has a label of any task, (n,)."""
    from lnmbench.nets.losses import split_known_labels

    known = [
        split_known_labels(aux.targets, partial=aux.task.kind == "multilabel")[1].numpy()
        for aux in inputs.aux
    ]
    return np.asarray(np.any(known, axis=0))


def _list_networks(
    chunk: BaselineChunk, cohort: Cohort, known: NDArray[np.bool_]
) -> Iterator[_Network]:
    """Yield the networks of each fit.

    Those of the training cases are trained without one of the other inner folds and predict it;
    that of the validation and test cases is trained on all training cases.
    """
    plan = chunk.plan
    patients = np.asarray(cohort.groups)[cohort.positions(plan.ids)]
    fits = [fit for fit in list_fits(plan, chunk.repeat) if fit.fold in chunk.folds]
    for fit in fits:
        inner_of = plan.splits.inner[chunk.repeat, fit.fold]
        others = [inner_of == i for i in range(plan.protocol.inner) if i != fit.inner]
        for predicted in (*others, fit.validation | fit.test):
            training = fit.training & ~predicted
            stopping = _draw_stopping(training & known, patients, fit.seed)
            training &= ~stopping
            if not (training & known).any():
                raise UserError(
                    f"{chunk.method.label} learns from"
                    f" {plural(int((fit.training & known).sum()), 'labeled training case')}",
                    where=f"repeat {chunk.repeat}, fold {fit.fold}",
                    expected="cases of two patients or more",
                    then="choose another task, or fewer folds",
                )
            yield _Network(fit=fit, training=training, stopping=stopping, predicted=predicted)


def _draw_stopping(
    labeled: NDArray[np.bool_], patients: NDArray[np.str_], seed: int
) -> NDArray[np.bool_]:
    """Return the cases (n,) that stop a network: all labeled ones of a fifth of the patients."""
    names = np.unique(patients[labeled])
    count = max(1, round(STOPPING_SHARE * len(names)))
    chosen = np.random.default_rng(seed).permutation(names)[:count]
    return labeled & np.isin(patients, chosen)


def _stack(networks: list[_Network], network: NetworkMethod, cohort: Cohort, plan: Plan) -> Fits:
    """Return networks as one stack. Those of a fit have equal seeds and equal projections."""
    import torch

    planned = [
        replace(each.fit, training=each.training, validation=each.stopping, test=each.predicted)
        for each in networks
    ]
    fits = stack_fits(cohort.select_modalities(()), plan, planned)
    prepared = np.stack([each.fit.training for each in networks])  # (K, n)
    if len(network_positions(plan, cohort)) > len(plan.ids):
        unlabeled = [unlabeled_training(plan, cohort, mask) for mask in prepared]
        prepared = np.concatenate([prepared, unlabeled], axis=1)
    group = CandidateGroup(method=network, candidates=(Candidate(number=1, settings={}),))
    return repeat_for_candidates(replace(fits, prepared=torch.from_numpy(prepared)), group)
