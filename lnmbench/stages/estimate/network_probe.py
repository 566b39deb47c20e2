"""Time and memory of the networks of a repeat, from training some of its fits for some epochs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from lnmbench.contracts import ImageTask
from lnmbench.records import Cohort, NetworkMethod, Resources, Training, feature_modalities
from lnmbench.stages.estimate.estimates import RepeatEstimate, Span, TokenEstimate
from lnmbench.stages.estimate.feature_probe import random_images
from lnmbench.stages.estimate.importance_probe import time_permuted_fits, with_permutations
from lnmbench.stages.estimate.timing import limit_cases, measure_seconds, time_fits
from lnmbench.stages.estimate.token_probe import estimate_tokens
from lnmbench.stages.plan import (
    CandidateGroup,
    ResolvedBenchmark,
    ResolvedNetwork,
    network_positions,
)
from lnmbench.stages.run import (
    add_examples,
    label_inputs,
    list_fits,
    random_example_images,
    repeat_for_candidates,
    stack_fits,
)

if TYPE_CHECKING:
    from lnmbench.contracts import Weighting
    from lnmbench.nets.fits import Fits
    from lnmbench.nets.inputs import Inputs, TrainableEncoder

# From this number of parameters of a fit on, one batch of cases is enough. On a CPU, fits that
# train encoder stages are tried with these numbers of cases first.
_WIDE, _FEW = 3_000_000, (2, 8)
_LEAST_ON_GPU = 8
# Seconds of an epoch that make a probe with more cases unnecessary.
_ENOUGH_SECONDS = 0.5
_RANDOM_MAPS = 16


def estimate_networks(
    network: ResolvedNetwork, benchmark: ResolvedBenchmark, repeat: int, *, importance: int = 0
) -> RepeatEstimate:
    """Return the estimate of a repeat, with all candidates of its search.

    Parameters
    ----------
    network
        The network.
    benchmark
        Its benchmark, with the cohort, the plan and the resources of the run.
    repeat
        The repeat, from 0.
    importance
        The number of permutations of each input.
    """
    cohort, plan = benchmark.cohort, benchmark.plan
    features = cohort.select_modalities(feature_modalities(network.method.encoder))
    planned = list(list_fits(plan, repeat))
    fits = stack_fits(features, plan, planned)
    stacking = measure_seconds(
        lambda: stack_fits(features, plan, list(list_fits(plan, repeat))), "cpu"
    )
    inputs = random_inputs(network, benchmark)
    seconds, permuting, memory = Span(low=stacking, high=stacking), Span(), 0
    tokens: list[TokenEstimate | None] = []
    by_variant: dict[tuple[int | None, str], RepeatEstimate] = {}
    for group in network.groups:
        variant = (group.method.training.token_dim, group.method.training.pooling)
        if variant not in by_variant:  # other settings change the numbers, not the time
            by_variant[variant] = _estimate_candidate(
                inputs, fits, group, network.weighting, benchmark.resources
            )
            if importance:
                permuted = with_permutations(fits, planned, network, benchmark, repeat)
                seconds_permuted = _time_importance(
                    inputs, permuted, group, network.weighting, benchmark, importance
                )
                by_variant[variant] = replace(
                    by_variant[variant],
                    importance=Span(low=seconds_permuted, high=seconds_permuted),
                )
            tokens.append(
                estimate_tokens(network.method, group.method.training, inputs, fits, benchmark)
            )
        seconds += by_variant[variant].seconds.times(len(group.candidates))
        share = _share_to_the_end(group.method)
        permuting += by_variant[variant].importance.times(share * len(group.candidates))
        memory = max(memory, by_variant[variant].memory or 0)
    return RepeatEstimate(
        seconds=seconds, importance=permuting, memory=memory, tokens=tuple(filter(None, tokens))
    )


def epoch_bounds(training: Training) -> tuple[int, int]:
    """Return the smallest and the largest number of epochs of a fit."""
    return min(training.patience + 1, training.max_epochs), training.max_epochs


def _share_to_the_end(method: NetworkMethod) -> float:
    """Return the share of candidates that a search trains to the end."""
    return 1.0 if method.training.search_epochs is None else 1.0 - method.tune // 2 / method.tune


def searched_epochs(method: NetworkMethod) -> Iterator[tuple[float, float]]:
    """Yield the smallest and largest number of starts and epochs of a candidate, on average."""
    share, first = _share_to_the_end(method), method.training.search_epochs
    short = 0 if first is None or method.tune == 1 else first
    for epochs in epoch_bounds(method.training):
        yield share + (short > 0), share * epochs + short


def random_inputs(network: ResolvedNetwork, benchmark: ResolvedBenchmark) -> Inputs:
    """Return inputs with random features of the real width: time does not depend on the values.

    Cases have as many slices as in the cohort. If encoder stages are trained, all slices share a
    few random maps.
    """
    import torch

    from lnmbench.nets.inputs import SliceInputs

    method, cohort, plan = network.method, benchmark.cohort, benchmark.plan
    labels = label_inputs(method, network.tasks, plan, cohort)
    if method.level == "none":
        return labels
    counts = np.diff(cohort.offsets)[network_positions(plan, cohort)]
    if method.level == "volume":
        counts = np.minimum(counts, 1) if counts.any() else np.ones_like(counts)
    offsets = torch.from_numpy(np.concatenate([[0], np.cumsum(counts)]))
    total, width = int(offsets[-1]), network.encoder.build().out_dim
    features = torch.randn(total, width, generator=torch.Generator().manual_seed(0))
    slices = SliceInputs(
        features=features,
        offsets=offsets,
        trainable_encoder=_random_trainable_encoder(network, cohort, total),
        key=f"{total} random slices of {width} features",
    )
    kinds = {task.images for task in network.tasks if isinstance(task, ImageTask)}
    images = random_example_images(features.numpy(), offsets.numpy(), kinds)
    return add_examples(labels, slices, images)


def _random_trainable_encoder(
    network: ResolvedNetwork, cohort: Cohort, total: int
) -> TrainableEncoder | None:
    method = network.method
    if method.trained_from == "none":
        return None
    import torch

    from lnmbench.nets.data.augmentation import parse_augmentations
    from lnmbench.nets.encoder.frozen import FrozenEncoder, split_stages
    from lnmbench.nets.inputs import TrainableEncoder

    frozen, trained = split_stages(network.encoder.build().stages(), method.trained_from)
    images = random_images(method, cohort, _RANDOM_MAPS)
    maps = FrozenEncoder(frozen).encode(images) if len(frozen) else images
    return TrainableEncoder(
        network=trained,
        activations=torch.from_numpy(maps),
        rows=torch.arange(total) % _RANDOM_MAPS,
        augmentations=frozenset() if len(frozen) else parse_augmentations(method.training.augment),
    )


def _estimate_candidate(
    inputs: Inputs, fits: Fits, group: CandidateGroup, weighting: Weighting, resources: Resources
) -> RepeatEstimate:
    """Return the estimate of one candidate, from some of the fits that share its stacks."""
    import torch

    from lnmbench.nets.parallel import train

    training, on_cpu = group.method.training, resources.device == "cpu"
    all_fits = repeat_for_candidates(fits, group)
    parameters = _count_parameters(inputs, all_fits, training, weighting)
    budget = None if resources.memory_gb is None else int(resources.memory_gb * 1e9)
    least = torch.get_num_threads() if on_cpu else _LEAST_ON_GPU

    def probe(sample: Fits, epochs: int) -> None:
        short = replace(training, max_epochs=epochs, patience=epochs)
        train(inputs, sample, short, weighting, device=resources.device, memory=budget)

    for cases in _sample_sizes(inputs, training, parameters, on_cpu=on_cpu):
        sample, ratio = limit_cases(all_fits, cases)
        most = least if inputs.trains_encoder else len(sample)
        times = time_fits(
            sample,
            probe,
            resources.device,
            least=least,
            most=most,
            repeat_long=not inputs.trains_encoder,
        )
        if times.epoch > _ENOUGH_SECONDS or ratio == 1.0:
            break
    low, high = (
        len(fits) / times.count * (starts * times.start + epochs * times.epoch * ratio)
        for starts, epochs in searched_epochs(group.method)
    )
    return RepeatEstimate(
        seconds=Span(low=low, high=high),
        memory=_stack_bytes(inputs, training, parameters, len(all_fits), budget, on_cpu=on_cpu),
    )


def _time_importance(
    inputs: Inputs,
    fits: Fits,
    group: CandidateGroup,
    weighting: Weighting,
    benchmark: ResolvedBenchmark,
    count: int,
) -> float:
    """Return the seconds of the permuted inputs of one candidate, from those of a stack."""
    import torch

    from lnmbench.nets.parallel import split_into_stacks

    training, device = group.method.training, benchmark.resources.device
    threads = torch.get_num_threads() if device == "cpu" else 1
    parameters = _count_parameters(inputs, fits, training, weighting)
    size = parameters if device == "cpu" else 0
    count_all = len(fits) * len(group.candidates)
    stacks = split_into_stacks(count_all, size, threads, count_all)
    sampled = len(stacks[0])
    if inputs.trains_encoder:  # a stack on a GPU may be as large as its memory
        sampled = min(sampled, _LEAST_ON_GPU)
    seconds = time_permuted_fits(
        inputs,
        fits.select([row % len(fits) for row in range(sampled)]),
        training,
        weighting,
        count=count,
        device=device,
    )
    return seconds * len(fits) / sampled / min(threads, len(stacks))


def _sample_sizes(
    inputs: Inputs, training: Training, parameters: int, *, on_cpu: bool
) -> tuple[int, ...]:
    """Return the largest numbers of training cases of a fit, in the order of trying them."""
    if inputs.trains_encoder and on_cpu:
        return (*_FEW, training.batch_size)
    if inputs.trains_encoder or parameters > _WIDE:
        return (training.batch_size,)
    return (len(inputs.target),)


def _count_parameters(inputs: Inputs, fits: Fits, training: Training, weighting: Weighting) -> int:
    from lnmbench.nets.assembly import build_network
    from lnmbench.nets.stacked.parameters import ParameterLayout

    return ParameterLayout(build_network(inputs, fits, training, weighting).parameters()).size


def _stack_bytes(
    inputs: Inputs,
    training: Training,
    parameters: int,
    count: int,
    budget: int | None,
    *,
    on_cpu: bool,
) -> int:
    """Return the bytes of the stacks that train at the same time."""
    import torch

    from lnmbench.nets.memory import estimate_fit_bytes, memory_for_fits
    from lnmbench.nets.parallel import split_into_stacks

    threads = torch.get_num_threads() if on_cpu else 1
    fit_bytes = estimate_fit_bytes(inputs, training, parameters)
    most = count
    if budget is not None:
        most = max(1, memory_for_fits(inputs, budget // threads) // fit_bytes)
    stacks = split_into_stacks(count, parameters if on_cpu else 0, threads, most)
    return fit_bytes * sum(map(len, stacks[:threads]))
