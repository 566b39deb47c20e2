"""Time of permutation importance, from the prediction of some permutations on this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from lnmbench.records import Training, feature_modalities
from lnmbench.stages.estimate.timing import LONG, keep_first, limit_cases, measure_seconds
from lnmbench.stages.plan import ResolvedBenchmark, ResolvedNetwork
from lnmbench.stages.run import Fit, NetworkChunk, list_inputs, permute_fits

if TYPE_CHECKING:
    from lnmbench.contracts import Weighting
    from lnmbench.nets.fits import Fits, Permutations
    from lnmbench.nets.inputs import Inputs
    from lnmbench.nets.model import StackedModel
    from lnmbench.nets.stacked.active_fits import StackState

# Permutations of the first probe, seconds of the second one, and its most permutations.
_FEWEST, _PROBE_SECONDS, _MOST = 1, 1.0, 20
# Training cases of fits whose encoder is trained, and tested cases that they predict.
_TRAINED, _TESTED = 8, 8
# Seconds of a permutation of these cases that make a probe with all tested ones unnecessary.
_ENOUGH_SECONDS = 0.25


def extrapolate(measure: Callable[[int], float], count: int) -> float:
    """Return the seconds of `count` permutations, from those of a few.

    Parameters
    ----------
    measure
        Returns the seconds of a number of permutations.
    count
        The number of permutations.

    Examples
    --------
    >>> extrapolate(lambda permutations: 2.0 + 0.5 * permutations, 100)
    52.0
    """
    first = measure(_FEWEST)
    if first < LONG:  # the first call imports modules and allocates memory
        first = min(first, measure(_FEWEST))
    if count <= _FEWEST:
        return first
    more = min(count, _MOST, max(_FEWEST + 2, int(_PROBE_SECONDS / max(first, 1e-3))))
    second = max(first, measure(more))
    if second < LONG:
        second = max(first, min(second, measure(more)))
    return first + (count - _FEWEST) * (second - first) / (more - _FEWEST)


def with_permutations(
    fits: Fits,
    planned: Sequence[Fit],
    network: ResolvedNetwork,
    benchmark: ResolvedBenchmark,
    repeat: int,
) -> Fits:
    """Return the fits of a repeat with the permutations of the benchmark, as a run makes them.

    Parameters
    ----------
    fits, planned
        The fits of a repeat, and those of the plan.
    network, benchmark, repeat
        The network, its benchmark and the repeat.
    """
    selected = benchmark.cohort.select_modalities(feature_modalities(network.method.encoder))
    inputs = list_inputs(selected.features, has_images=network.method.level != "none")
    chunk = NetworkChunk(
        method=network.method,
        groups=(),
        repeat=repeat,
        plan=benchmark.plan,
        cohort_file=benchmark.cohort_file,
        features=None,
        importance=min(benchmark.importance, _MOST),
    )
    return replace(fits, permutations=permute_fits(inputs, selected, planned, fits, chunk))


def time_permuted_fits(
    inputs: Inputs,
    fits: Fits,
    settings: Training,
    weighting: Weighting,
    *,
    count: int,
    device: str,
) -> float:
    """Return the seconds in which a single thread predicts the permuted inputs of some fits.

    Fits that train encoder stages predict a few of the tested cases if this takes long enough, and
    the time is multiplied.

    Parameters
    ----------
    inputs
        The inputs of all fits.
    fits
        The fits of one stack, with permutations.
    settings
        The network.
    weighting
        Combines the losses of the tasks.
    count
        The number of permutations; the fits may have fewer.
    device
        The device.
    """
    if fits.permutations is None:
        raise ValueError("the fits have no permutations")
    permutations, ratio = fits.permutations, 1.0
    measure = partial(_measure, inputs, settings, weighting, device)
    if inputs.trains_encoder:
        fits, _ = limit_cases(fits, _TRAINED)
        few = _limit_tested(permutations, _TESTED)
        if measure(fits, few, _FEWEST) > _ENOUGH_SECONDS:
            ratio = int(permutations.tested.sum()) / int(few.tested.sum())
            permutations = few
    return ratio * extrapolate(partial(measure, fits, permutations), count)


def _measure(
    inputs: Inputs,
    settings: Training,
    weighting: Weighting,
    device: str,
    fits: Fits,
    permutations: Permutations,
    count: int,
) -> float:
    """Return the seconds of so many permutations with the parameters after an epoch."""
    from lnmbench.nets.parallel import train
    from lnmbench.nets.permuted_inputs import predict_permuted

    seconds = 0.0

    def inspect(_: range, model: StackedModel, state: StackState) -> None:
        nonlocal seconds
        seconds += measure_seconds(lambda: predict_permuted(model, state), device, threads=1)

    sample = replace(fits, permutations=replace(permutations, sources=permutations.sources[:count]))
    short = replace(settings, max_epochs=1, patience=1)
    train(inputs, sample, short, weighting, device=device, threads=1, on_trained=inspect)
    return seconds


def _limit_tested(permutations: Permutations, count: int) -> Permutations:
    tested = keep_first(permutations.tested, count)
    return replace(permutations, tested=tested, width=int(tested.sum(1).max()))
