"""Small stacks of fits, trained in a moment."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from lnmbench.contracts import Weighting
from lnmbench.nets.data.device_data import load_device_data
from lnmbench.nets.fit_results import FitResults
from lnmbench.nets.fits import Fits
from lnmbench.nets.inputs import AuxInput, Inputs, SliceInputs
from lnmbench.nets.objective import StackedObjective
from lnmbench.nets.stacked.active_fits import StackState
from lnmbench.nets.stacked.parameters import ParameterLayout
from lnmbench.records import Cohort, Label, Training

CASES, DIM, CLINICAL = 40, 24, 3


class Classes:
    """An auxiliary task of three classes."""

    title = "three classes"
    kind: Label = "nominal"
    outputs = 3

    def targets(self, cohort: Cohort) -> NDArray[np.float64]:
        raise NotImplementedError

    def notes(self, cohort: Cohort) -> Sequence[str]:
        return ()

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        scores = logits.log_softmax(-1)
        return -scores.gather(-1, targets.long().unsqueeze(-1)).squeeze(-1)

    def probabilities(self, logits: Tensor) -> Tensor:
        return logits.softmax(-1)


class SumLosses:
    """Adds the losses, the auxiliary ones times a weight."""

    def __init__(self, aux: float = 1.0) -> None:
        self.aux = aux

    def initial_scalars(self, tasks: Sequence[str]) -> Sequence[float]:
        return ()

    def combine(self, losses: Tensor, scalars: Tensor) -> Tensor:
        return losses[:, 0] + self.aux * losses[:, 1:].sum(1)


COMPONENTS = Training(
    learning_rate=1e-2,
    head_learning_rate=0.2,
    warmup_epochs=1,
    feature_penalty=6.0,
    token_dim=16,
    batch_size=8,
    max_epochs=9,
    patience=2,
)
TRANSFORMER = replace(
    COMPONENTS,
    learning_rate=3e-3,
    schedule="constant",
    warmup_epochs=0,
    projection="trained",
    layers=2,
    heads=2,
    dropout=0.2,
)


@pytest.fixture(
    scope="session", params=[COMPONENTS, TRANSFORMER], ids=["components", "transformer"]
)
def settings(request: pytest.FixtureRequest) -> Training:
    """Settings of small networks that learn in a few epochs."""
    settings: Training = request.param
    return settings


@pytest.fixture(scope="session")
def sum_losses() -> type[SumLosses]:
    """The weighting that adds the losses."""
    return SumLosses


@pytest.fixture(scope="session")
def make_inputs() -> Callable[..., Inputs]:
    """A factory of ragged cases."""
    return _make_inputs


def _make_inputs(*, aux: bool = True, slices: bool = True, missing: Sequence[int] = ()) -> Inputs:
    """Ragged cases with a learnable target; a third of the auxiliary labels are unknown.

    The cases `missing` have no slices.
    """
    source = torch.Generator().manual_seed(0)
    lengths = torch.randint(1, 7, (CASES,), generator=source)
    offsets = torch.cat([torch.zeros(1, dtype=torch.int64), lengths.cumsum(0)])
    target = (torch.rand(CASES, generator=source) < 0.4).float()
    features = torch.randn(int(offsets[-1]), DIM, generator=source) + 5.0
    features[:, :4] += 2.0 * target.repeat_interleave(lengths)[:, None]
    labels = torch.randint(0, 3, (CASES,), generator=source).float()
    labels[torch.rand(CASES, generator=source) < 0.33] = math.nan
    labels[list(missing)] = math.nan
    task = AuxInput(name="classes", task=Classes(), targets=labels)
    counts = lengths.clone()
    counts[list(missing)] = 0
    features = features[(counts > 0).repeat_interleave(lengths)]
    offsets = torch.cat([offsets[:1], counts.cumsum(0)])
    return Inputs(
        target=target,
        slices=SliceInputs(features=features, offsets=offsets) if slices else None,
        aux=(task,) if aux else (),
        target_name="n2",
    )


@pytest.fixture(scope="session")
def make_fits() -> Callable[[Sequence[int]], Fits]:
    """A factory of fits from their seeds."""
    return _make_fits


def _make_fits(seeds: Sequence[int]) -> Fits:
    """A fit is its seed: that decides its cases, how many they are, and its settings."""
    parts = torch.zeros(3, len(seeds), CASES, dtype=torch.bool)
    clinical = torch.zeros(len(seeds), CASES, CLINICAL)
    for k, seed in enumerate(seeds):
        source = torch.Generator().manual_seed(1000 + seed)
        order = torch.randperm(CASES, generator=source)
        tested, validated = 4 + seed % 3, 6 + seed % 9
        parts[2, k, order[: tested + validated]] = True
        parts[1, k, order[tested : tested + validated]] = True
        parts[0, k, order[tested + validated :]] = True
        clinical[k] = torch.randn(CASES, CLINICAL, generator=source)
    return Fits(
        training=parts[0],
        validation=parts[1],
        predicted=parts[2],
        clinical=clinical,
        seeds=tuple(seeds),
        learning_rate=torch.tensor([3e-3 * (1 + seed % 4) for seed in seeds]),
        weight_decay=torch.tensor([0.05 * (seed % 2) for seed in seeds]),
        dropout=torch.tensor([(0.0, 0.1, 0.25)[seed % 3] for seed in seeds]),
        feature_penalty=torch.tensor([(3.0, 9.0, 0.0)[seed % 3] for seed in seeds]),
        loss_weights=torch.tensor([[1.0, 0.5 * (1 + seed % 2)] for seed in seeds]),
    )


@pytest.fixture(scope="session")
def assert_same_fit() -> Callable[..., None]:
    """An assertion that two fits end with the same epochs and probabilities."""
    return _assert_same_fit


def _assert_same_fit(results: FitResults, k: int, other: FitResults, j: int, atol: float) -> None:
    assert results.best_epoch[k] == other.best_epoch[j]
    assert results.epochs[k] == other.epochs[j]
    for task, probabilities in results.probabilities.items():
        np.testing.assert_allclose(
            probabilities[k], other.probabilities[task][j], rtol=0, atol=atol
        )


@pytest.fixture(scope="session")
def start_objective() -> Callable[..., tuple[StackedObjective, StackState]]:
    """A factory of objectives with random parameters of their fits, those of the heads as well."""
    return _start_objective


def _start_objective(
    inputs: Inputs, fits: Fits, settings: Training, weighting: Weighting
) -> tuple[StackedObjective, StackState]:
    data = load_device_data(inputs, torch.device("cpu"))
    objective = StackedObjective(inputs, fits, settings, weighting, data)
    layout = ParameterLayout(objective.model.network.parameters())
    values = layout.named_views(layout.initialize(fits.seeds))
    objective.model.initialize(values)
    source = torch.Generator().manual_seed(7)
    for name, value in values.items():
        if name.startswith(("target.", "aux.", "pool.")):
            value.copy_(torch.randn(value.shape, generator=source))
    leaves = {name: value.requires_grad_() for name, value in values.items()}
    fits_of_state = tuple(range(len(fits)))
    return objective, StackState(fits=fits_of_state, values=leaves, device=torch.device("cpu"))
