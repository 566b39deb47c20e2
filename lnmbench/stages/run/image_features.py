"""Features of images for baselines: those of a frozen encoder, or of networks out of fold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lnmbench.errors import UserError
from lnmbench.records import Candidate, Cohort, Column, NetworkMethod, Plan
from lnmbench.registry import Registry
from lnmbench.registry.boundary.image_baselines import GuardedImageBaseline
from lnmbench.stages.plan import (
    CandidateGroup,
    LabelSource,
    TasksAlone,
    build_tasks,
    network_positions,
    unlabeled_training,
)
from lnmbench.stages.run.chunk import BaselineChunk, Fit, NetworkChunk, list_fits
from lnmbench.stages.run.feature_table import FeatureTable
from lnmbench.stages.run.features import rebuild_encoder
from lnmbench.stages.run.network_images import image_positions
from lnmbench.stages.run.network_inputs import average_slices, case_rows, network_inputs
from lnmbench.stages.run.networks import repeat_for_candidates, stack_fits
from lnmbench.store.feature_cache import FeatureCache, read_features
from lnmbench.text import plural

if TYPE_CHECKING:
    from lnmbench.nets.fits import Fits
    from lnmbench.nets.inputs import Inputs

STOPPING_SHARE = 0.2
"""The share of its labeled training cases that stop a network without a target."""


def image_features(
    chunk: BaselineChunk, cohort: Cohort, registry: Registry
) -> Callable[[Fit], NDArray[np.float64]]:
    """Return a function of a fit of the chunk that returns features of all cases, (n, d).

    They are those of the frozen encoder, averaged over the slices of a case, the same for all fits.
    If the network of the baseline has auxiliary tasks, it learns these alone, in each fit anew.

    Parameters
    ----------
    chunk
        A baseline on features of images and the repeat.
    cohort
        The cohort of the chunk.
    registry
        The plugins that the method uses.
    """
    network, cache = chunk.method.network, chunk.features
    if network is None or cache is None:
        raise ValueError(f"{chunk.method.label} has no features of images")
    if network.aux:
        learned = _learn_features(chunk, network, cohort, registry)
        return lambda fit: learned[fit.fold, fit.inner]
    pooled = pool_features(network, cache, cohort, chunk.plan)
    return lambda fit: pooled


def add_image_columns(
    table: FeatureTable, features: NDArray[np.float64], fit: Fit, baseline: GuardedImageBaseline
) -> tuple[FeatureTable, ...]:
    """Return the clinical features, followed by features of images, for each reduction of these.

    A reduction is fitted to the training cases with images. If a case has none, its features of
    images are 0, and a last feature says which cases have images.

    Parameters
    ----------
    table
        The clinical features.
    features
        Features of images, (n, d), NaN for cases without images.
    fit
        The fit to whose training cases the baseline's reduction is fitted.
    baseline
        The baseline on features of images.
    """
    has_images = ~np.isnan(features).all(axis=1)
    names = {column.name for column in table.columns}
    stem = "image feature"
    while any(name.startswith(stem) for name in names):
        stem += "_"

    def join(shown: NDArray[np.float64]) -> FeatureTable:
        reduced = np.zeros((len(features), shown.shape[1]))
        reduced[has_images] = shown
        numbers = range(1, reduced.shape[1] + 1)
        columns = [Column(name=f"{stem} {i}", role="feature") for i in numbers]
        if not has_images.all():
            columns.append(Column(name=f"{stem}s known", role="feature"))
            reduced = np.column_stack([reduced, has_images])
        return table.join(columns, reduced)

    return tuple(
        join(baseline.reduce(features[has_images], fit.training[has_images], settings))
        for settings in baseline.reductions
    )


def pool_features(
    network: NetworkMethod, cache: FeatureCache, cohort: Cohort, plan: Plan
) -> NDArray[np.float64]:
    """Return the features of a frozen encoder, averaged over the slices of each case, (n, D).

    They are NaN for cases without images.

    Parameters
    ----------
    network
        The encoder.
    cache
        Its feature cache.
    cohort
        The cohort.
    plan
        The plan, which has the n cases.
    """
    positions = image_positions(network, cohort, cohort.positions(plan.ids), plan.protocol)
    features = read_features(cache)["features"][0]  # (slices, D), of volumes (cases, D)
    means = average_slices(network, cohort, positions, features)
    counts, _ = case_rows(network, cohort, positions, features)
    if np.isnan(means[counts > 0]).any():
        raise ValueError(f"features of {network.encoder.name} are not finite")
    return means


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Network:
    """A network that learns tasks alone: the fit that it belongs to, and its cases (n,)."""

    fit: Fit
    training: NDArray[np.bool_]
    stopping: NDArray[np.bool_]
    predicted: NDArray[np.bool_]


def _learn_features(
    chunk: BaselineChunk, network: NetworkMethod, cohort: Cohort, registry: Registry
) -> dict[tuple[int, int], NDArray[np.float64]]:
    """Return the image features of all cases (n, F) by outer and inner fold, NaN without images."""
    from lnmbench.nets.parallel import train

    inputs = _task_inputs(chunk, network, cohort, registry)
    known = _find_labeled(inputs)[: len(chunk.plan.ids)]
    networks = list(_list_networks(chunk, cohort, known))
    memory_gb = chunk.resources.memory_gb
    results = train(
        inputs,
        _stack(networks, network, cohort, chunk.plan),
        network.training,
        TasksAlone(),
        device=chunk.resources.device,
        memory=None if memory_gb is None else int(memory_gb * 1e9),
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
    has_images = np.ones(n, np.bool_)
    if inputs.slices is not None:
        has_images = inputs.slices.has_slices[:n].numpy()
    learned: dict[tuple[int, int], NDArray[np.float64]] = {}
    for row, each in enumerate(networks):
        place = (each.fit.fold, each.fit.inner)
        features = learned.setdefault(place, np.full((n, width), np.nan))
        predicted = each.predicted & has_images
        features[predicted] = results.image_features[row, :n][predicted]
    return learned


def _task_inputs(
    chunk: BaselineChunk, network: NetworkMethod, cohort: Cohort, registry: Registry
) -> Inputs:
    """Return the inputs of a network without the labels of the target."""
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
