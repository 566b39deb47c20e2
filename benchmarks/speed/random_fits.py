"""Random cases and fits of any size."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from lnmbench.nets.fits import Fits
from lnmbench.nets.inputs import Inputs, SliceInputs
from lnmbench.nets.stacked.bodies import SliceBody
from lnmbench.nets.stacked.network import Network
from lnmbench.nets.stacked.parameters import ParameterLayout
from lnmbench.records import Training

CLINICAL = 10

PLAIN = Training(
    learning_rate=5e-4,
    head_learning_rate=2e-2,
    schedule="constant",
    warmup_epochs=0,
    feature_penalty=0.0,
    projection="trained",
    layers=2,
)
"""Settings that the plain loop implements: a trained projection and a transformer."""


class SumLosses:
    """The weighting that adds the losses, here the target's alone."""

    def initial_scalars(self, tasks: Sequence[str]) -> Sequence[float]:
        return ()

    def combine(self, losses: Tensor, scalars: Tensor) -> Tensor:
        return losses.sum(1)


def make_inputs_and_fits(*, fits: int, cases: int, slices: int, dim: int) -> tuple[Inputs, Fits]:
    """Return random cases, and fits that test a tenth of them and validate a fifth of the rest.

    Parameters
    ----------
    fits
        The number of fits.
    cases
        The number of cases.
    slices
        The mean number of slices of a case.
    dim
        The number of features of a slice.
    """
    source = torch.Generator().manual_seed(0)
    spread = slices // 2
    lengths = torch.randint(slices - spread, slices + spread + 1, (cases,), generator=source)
    offsets = torch.cat([torch.zeros(1, dtype=torch.int64), lengths.cumsum(0)])
    target = (torch.rand(cases, generator=source) < 0.25).float()
    features = torch.randn(int(offsets[-1]), dim, generator=source)
    features += 0.1 * target.repeat_interleave(lengths)[:, None]
    outer = max(1, cases // 10)
    inner = max(1, (cases - outer) // 5)
    parts = torch.zeros(3, fits, cases, dtype=torch.bool)
    for k in range(fits):
        order = torch.randperm(cases, generator=source)
        tested, validated, trained = order.split([outer, inner, cases - outer - inner])
        parts[0, k, trained] = parts[1, k, validated] = True
        parts[2, k, torch.cat([tested, validated])] = True
    clinical = torch.randn(fits, cases, CLINICAL, generator=source)
    slices_of_cases = SliceInputs(features=features, offsets=offsets)
    return Inputs(target=target, slices=slices_of_cases), Fits(
        training=parts[0],
        validation=parts[1],
        predicted=parts[2],
        clinical=clinical,
        seeds=tuple(range(fits)),
    )


def initial_parameters(inputs: Inputs, fits: Fits, settings: Training) -> list[dict[str, Tensor]]:
    """Return the initial parameters of the stacked trainer for each fit, by name."""
    slices = inputs.slices
    assert slices is not None
    body = SliceBody(dim=slices.dim, max_slices=int(slices.counts.max()), settings=settings)
    layout = ParameterLayout(
        Network(body=body, clinical=fits.clinical.shape[2], aux={}).parameters()
    )
    views = layout.named_views(layout.initialize(fits.seeds))
    return [{name: view[k] for name, view in views.items()} for k in range(len(fits))]
