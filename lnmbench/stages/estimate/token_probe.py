"""Time of the tokens of frozen features, which fits with equal training cases share."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lnmbench.records import NetworkMethod, Training
from lnmbench.stages.estimate.estimates import TokenEstimate
from lnmbench.stages.estimate.timing import measure_seconds
from lnmbench.stages.plan import ResolvedBenchmark
from lnmbench.stages.run import cached_views

if TYPE_CHECKING:
    from lnmbench.nets.fits import Fits
    from lnmbench.nets.inputs import Inputs

_BYTES_OF_FLOAT = 4
_FITS_OF_A_THREAD = 2


def estimate_tokens(
    method: NetworkMethod,
    training: Training,
    inputs: Inputs,
    fits: Fits,
    benchmark: ResolvedBenchmark,
) -> TokenEstimate | None:
    """Return the estimate of a repeat's tokens, None for a network without principal components.

    Parameters
    ----------
    method
        The network.
    training
        Its settings, or those of a candidate of its search.
    inputs
        Inputs with features of the real width.
    fits
        The fits of a repeat, (K,).
    benchmark
        The benchmark, with the plan and the device of the run.
    """
    import torch

    from lnmbench.nets.data.device_data import load_device_data
    from lnmbench.nets.inputs import has_case_tokens
    from lnmbench.nets.stacked.principal import SHARED_BYTES, PrincipalTokens

    width, slices = training.token_dim, inputs.slices
    if training.projection != "principal" or width is None or slices is None:
        return None
    alone = replace(inputs, slices=replace(slices, key=""))  # shares nothing with other methods
    features = load_device_data(alone, torch.device(benchmark.resources.device)).features
    if features is None:
        return None
    threads, averaged = torch.get_num_threads(), has_case_tokens(inputs, training)
    sample = fits.select(range(min(len(fits), _FITS_OF_A_THREAD * threads)))

    def compute() -> None:
        PrincipalTokens(features, sample.training, width=width, averaged=averaged, threads=threads)

    seconds = min(measure_seconds(compute, benchmark.resources.device) for _ in range(2))
    views, tokens = cached_views(method), len(slices.counts) if averaged else slices.total
    fits_of_run = len(fits) * benchmark.plan.protocol.repeats
    return TokenEstimate(
        width=width,
        is_averaged=averaged,
        is_shared=fits_of_run * views * tokens * width * _BYTES_OF_FLOAT <= SHARED_BYTES,
        seconds=seconds * views * len(fits) / len(sample),
    )
