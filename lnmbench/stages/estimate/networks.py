"""How long the networks of a repeat take: a sample of its fits, trained for some epochs."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from lnmbench.contracts import Weighting
from lnmbench.records import Cohort, NetworkMethod, Resources, Training
from lnmbench.registry import Registry
from lnmbench.stages.estimate.estimates import Repeat, Span
from lnmbench.stages.estimate.random_inputs import random_inputs
from lnmbench.stages.estimate.samples import fewer_cases, times
from lnmbench.stages.plan.search.candidates import network_candidates
from lnmbench.stages.plan.search.groups import Group, groups, side_by_side
from lnmbench.stages.run.chunk import Chunk, fits
from lnmbench.stages.run.networks import stack_of, weighting_of

if TYPE_CHECKING:
    from lnmbench.nets.fits import Fits, Inputs

# Parameters of a fit from which one batch must do, and on a CPU cases where encoders' stages train.
_WIDE, _FEW = 3_000_000, (2, 8)
_LEAST_ON_GPU = 8
# Seconds of an epoch that make a probe of more cases needless.
_TELLING = 0.5


def repeat_of_networks(
    method: NetworkMethod, chunk: Chunk, cohort: Cohort, registry: Registry
) -> Repeat:
    """Return what a repeat takes, with all candidates of its search."""
    started = time.perf_counter()
    own = stack_of(cohort, cohort.positions(chunk.plan.ids), list(fits(chunk.plan, chunk.repeat)))
    prepared = time.perf_counter() - started
    seconds, memory = Span(low=prepared, high=prepared), 0
    probed: dict[int | None, Repeat] = {}
    for group in groups(method, network_candidates(method, chunk.plan.protocol.seed, registry)):
        width = group.method.training.token_dim
        if width not in probed:  # other settings change the numbers, not the time
            inputs = random_inputs(group.method, chunk, cohort, registry)
            probed[width] = _of_a_candidate(inputs, own, group, chunk.resources, registry)
        seconds += probed[width].seconds.times(len(group.candidates))
        memory = max(memory, probed[width].memory or 0)
    return Repeat(seconds=seconds, memory=memory)


def epochs_of(settings: Training) -> tuple[int, int]:
    """Return how many epochs a fit trains at least and at most."""
    return min(settings.patience + 1, settings.max_epochs), settings.max_epochs


def _of_a_candidate(
    inputs: Inputs, own: Fits, group: Group, resources: Resources, registry: Registry
) -> Repeat:
    """What a candidate of a group takes, from some of the fits that share its stacks."""
    import torch

    from lnmbench.nets.parallel import train

    settings, weighting = group.method.training, weighting_of(group, registry)
    everything, on_cpu = side_by_side(own, group), resources.device == "cpu"
    size = _parameters(inputs, everything, settings, weighting)
    budget = None if resources.memory_gb is None else int(resources.memory_gb * 1e9)
    least = torch.get_num_threads() if on_cpu else _LEAST_ON_GPU

    def probe(sample: Fits, epochs: int) -> None:
        short = replace(settings, max_epochs=epochs, patience=epochs)
        train(inputs, sample, short, weighting, device=resources.device, memory=budget)

    for cases in _cases(inputs, settings, size, on_cpu=on_cpu):
        sample, ratio = fewer_cases(everything, cases)
        most = least if inputs.trainable_encoder is not None else len(sample)
        took = times(sample, probe, least=least, most=most)
        if took.epoch > _TELLING or ratio == 1.0:
            break
    low, high = (
        len(own) / took.count * (took.start + epochs * took.epoch * ratio)
        for epochs in epochs_of(settings)
    )
    return Repeat(
        seconds=Span(low=low, high=high),
        memory=_memory(inputs, settings, size, len(everything), budget, on_cpu=on_cpu),
    )


def _cases(inputs: Inputs, settings: Training, size: int, *, on_cpu: bool) -> tuple[int, ...]:
    """How many training cases a fit of the sample has at most, at the first try and later ones."""
    if inputs.trainable_encoder is not None and on_cpu:
        return (*_FEW, settings.batch_size)
    if inputs.trainable_encoder is not None or size > _WIDE:
        return (settings.batch_size,)
    return (len(inputs.target),)


def _parameters(inputs: Inputs, own: Fits, settings: Training, weighting: Weighting) -> int:
    from lnmbench.nets.objective import build_network
    from lnmbench.nets.stacked.parameters import ParameterLayout

    return ParameterLayout(build_network(inputs, own, settings, weighting).parameters()).size


def _memory(
    inputs: Inputs, settings: Training, size: int, count: int, budget: int | None, *, on_cpu: bool
) -> int:
    """The bytes of the stacks that train side by side."""
    import torch

    from lnmbench.nets.memory import estimate_fit_bytes, memory_for_fits
    from lnmbench.nets.parallel import split_into_stacks

    threads = torch.get_num_threads() if on_cpu else 1
    each = estimate_fit_bytes(inputs, settings, size)
    most = count if budget is None else max(1, memory_for_fits(inputs, budget // threads) // each)
    parts = split_into_stacks(count, size if on_cpu else 0, threads, most)
    return each * sum(map(len, parts[:threads]))
