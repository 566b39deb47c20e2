"""Each fit's own random streams."""

from __future__ import annotations

import pytest
import torch

from lnmbench.nets.rng import seeded_generator
from lnmbench.nets.stacked.dropout import Dropout

CPU = torch.device("cpu")


def test_dropout_keeps_expectations_and_the_rate_of_each_fit() -> None:
    dropout = Dropout(torch.tensor([0.1, 0.5, 0.0]), [1, 2, 3], CPU)
    factors = dropout.draw([0, 1, 2], [400, 400, 400], 400, 80).take(80)
    assert factors is not None
    dropped = (factors == 0).float().mean((1, 2))
    # 32000 places a fit: three standard errors are .005 and .008; .1 is held as 26 / 256.
    torch.testing.assert_close(dropped, torch.tensor([26 / 256, 0.5, 0.0]), rtol=0, atol=0.01)
    torch.testing.assert_close(factors.mean((1, 2)), torch.ones(3), rtol=0, atol=0.02)


def test_every_place_is_equally_likely_to_be_dropped() -> None:
    """Bytes of a word must be uniform, the one with the sign bit too."""
    factors = Dropout(torch.tensor([0.5]), [7], CPU).draw([0], [4000], 4000, 8).take(8)
    assert factors is not None
    dropped = (factors[0] == 0).float().mean(0)
    torch.testing.assert_close(dropped, torch.full((8,), 0.5), rtol=0, atol=0.04)


def test_a_fits_dropout_depends_on_neither_companions_nor_padding() -> None:
    rates, seeds = torch.tensor([0.2, 0.4, 0.3]), [5, 6, 7]
    together = Dropout(rates, seeds, CPU)
    alone = Dropout(rates[1:2], seeds[1:2], CPU)
    for counts in ([9, 4, 2], [3, 0, 8], [1, 7, 5]):
        ours = together.draw([2, 1, 0], counts[::-1], 12, 13).take(13)
        own = alone.draw([0], [counts[1]], 7, 13).take(13)
        assert ours is not None
        assert own is not None
        assert torch.equal(ours[1, : counts[1]], own[0, : counts[1]])


def test_layers_cannot_take_more_than_was_drawn() -> None:
    keep = Dropout(torch.tensor([0.2]), [0], CPU).draw([0], [2], 2, 8)
    keep.take(8)
    with pytest.raises(ValueError, match="9 places asked of 8"):
        keep.take(1)


def test_streams_differ_by_seed_and_purpose() -> None:
    draws = {
        tuple(torch.rand(3, generator=seeded_generator(seed, purpose)).tolist())
        for seed in (0, 1)
        for purpose in ("order", "dropout")
    }
    assert len(draws) == 4
    first, again = (torch.rand(3, generator=seeded_generator(0, "order")) for _ in range(2))
    assert torch.equal(first, again)
