"""Dropout of each fit from its own stream."""

from __future__ import annotations

import pytest
import torch

from lnmbench.nets.stacked.dropout import DropoutSampler, apply_dropout, penalty_to_dropout

CPU = torch.device("cpu")


def test_dropout_keeps_expectations_and_the_rate_of_each_fit() -> None:
    dropout = DropoutSampler(torch.tensor([0.1, 0.5, 0.0]), [1, 2, 3], CPU)
    factors = dropout.draw([0, 1, 2], [400, 400, 400], 400, 80).take(80)
    assert factors is not None
    dropped = (factors == 0).float().mean((1, 2))
    # 32000 elements a fit: three standard errors are .005 and .008; .1 is held as 26 / 256.
    torch.testing.assert_close(dropped, torch.tensor([26 / 256, 0.5, 0.0]), rtol=0, atol=0.01)
    torch.testing.assert_close(factors.mean((1, 2)), torch.ones(3), rtol=0, atol=0.02)


def test_every_element_is_equally_likely_to_be_dropped() -> None:
    """Bytes of a word must be uniform, the one with the sign bit too."""
    factors = DropoutSampler(torch.tensor([0.5]), [7], CPU).draw([0], [4000], 4000, 8).take(8)
    assert factors is not None
    dropped = (factors[0] == 0).float().mean(0)
    torch.testing.assert_close(dropped, torch.full((8,), 0.5), rtol=0, atol=0.04)


def test_a_fits_dropout_depends_on_neither_companions_nor_padding() -> None:
    rates, seeds = torch.tensor([0.2, 0.4, 0.3]), [5, 6, 7]
    together = DropoutSampler(rates, seeds, CPU)
    alone = DropoutSampler(rates[1:2], seeds[1:2], CPU)
    for counts in ([9, 4, 2], [3, 0, 8], [1, 7, 5]):
        shared = together.draw([2, 1, 0], counts[::-1], 12, 13).take(13)
        single = alone.draw([0], [counts[1]], 7, 13).take(13)
        assert shared is not None
        assert single is not None
        assert torch.equal(shared[1, : counts[1]], single[0, : counts[1]])


def test_layers_cannot_take_more_than_was_drawn() -> None:
    mask = DropoutSampler(torch.tensor([0.2]), [0], CPU).draw([0], [2], 2, 8)
    mask.take(8)
    with pytest.raises(ValueError, match="take 9 dropout factors of 8"):
        mask.take(1)


def test_without_dropout_there_are_no_factors() -> None:
    x = torch.ones(1, 2, 8)
    factors = DropoutSampler(torch.tensor([0.0]), [0], CPU).draw([0], [2], 2, 8).take(8)
    assert factors is None
    assert apply_dropout(x, factors) is x


def test_dropout_of_inputs_acts_like_its_ridge_penalty() -> None:
    """The weights that minimize the expected squared error are those of ridge regression."""
    source = torch.Generator().manual_seed(0)
    x = torch.linalg.qr(torch.randn(40, 3, generator=source, dtype=torch.float64)).Q * 40**0.5
    y = torch.randn(40, generator=source, dtype=torch.float64)
    penalty = torch.tensor([10.0], dtype=torch.float64)
    ridge = torch.linalg.solve(x.mT @ x + penalty * torch.eye(3), x.mT @ y)

    keep = 1 - penalty_to_dropout(penalty, [40])
    # with x m / keep for x, where m is 1 with probability keep: E[x x'] has a larger diagonal
    squares = x.mT @ x + torch.diag((x**2).sum(0)) * (1 - keep) / keep
    torch.testing.assert_close(torch.linalg.solve(squares, x.mT @ y), ridge)


def test_a_penalty_drops_less_the_more_cases_there_are() -> None:
    rates = penalty_to_dropout(torch.tensor([240.0, 240.0, 240.0, 0.0, 0.0]), [80, 240, 960, 80, 0])
    torch.testing.assert_close(rates, torch.tensor([0.75, 0.5, 0.2, 0.0, 0.0]))
