"""The network and its tokens follow from inputs and settings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import torch

from lnmbench.nets.assembly import build_embedder, build_network
from lnmbench.nets.data.device_data import load_device_data
from lnmbench.nets.stacked.bodies import ClinicalBody, SliceBody
from lnmbench.nets.stacked.principal import PrincipalTokens
from lnmbench.nets.stacked.projection import Projection
from lnmbench.records import Training

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lnmbench.contracts import Weighting
    from lnmbench.nets.fits import Fits
    from lnmbench.nets.inputs import Inputs


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, PrincipalTokens),
        ({"projection": "trained"}, Projection),
        ({"token_dim": None}, Projection),
    ],
)
def test_tokens_are_components_or_a_projection(
    changes: dict[str, object],
    kind: type[object],
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
) -> None:
    inputs, settings = make_inputs(), replace(Training(token_dim=16), **changes)  # type: ignore[arg-type]
    data = load_device_data(inputs, torch.device("cpu"))
    assert isinstance(build_embedder(inputs, make_fits([0]), settings, data), kind)


def test_without_slices_there_are_no_tokens(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    sum_losses: Callable[..., Weighting],
) -> None:
    fits, settings = make_fits([0]), Training(token_dim=16)
    inputs = make_inputs(slices=False)
    data = load_device_data(inputs, torch.device("cpu"))
    assert build_embedder(inputs, fits, settings, data) is None
    assert isinstance(build_network(inputs, fits, settings, sum_losses()).body, ClinicalBody)
    assert isinstance(build_network(make_inputs(), fits, settings, sum_losses()).body, SliceBody)
