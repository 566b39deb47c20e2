"""Inputs and fits refuse data that would leak or do not match."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lnmbench.nets.fits import Fits


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"validation": "training"}, "on which it trains"),
        ({"predicted": "training"}, "on which it trains"),
    ],
)
def test_a_fit_is_never_evaluated_on_its_training_cases(
    change: dict[str, str], match: str, make_fits: Callable[[Sequence[int]], Fits]
) -> None:
    fits = make_fits([0])
    with pytest.raises(ValueError, match=match):
        replace(fits, **{name: getattr(fits, source) for name, source in change.items()})


def test_selected_fits_are_in_the_order_of_the_indices(
    make_fits: Callable[[Sequence[int]], Fits],
) -> None:
    fits = replace(make_fits([5, 6, 7]), dropout=None)
    selected = fits.select([2, 0])
    assert selected.seeds == (7, 5)
    assert torch.equal(selected.training, fits.training[[2, 0]])
    assert torch.equal(selected.clinical, fits.clinical[[2, 0]])
    assert selected.learning_rate is not None
    assert fits.learning_rate is not None
    assert torch.equal(selected.learning_rate, fits.learning_rate[[2, 0]])
    assert selected.dropout is None
    assert selected.per_fit(selected.dropout, 0.3).tolist() == [0.3, 0.3]
