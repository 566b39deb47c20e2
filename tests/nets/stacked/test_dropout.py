"""Dropout of each fit from its own stream."""

from __future__ import annotations

import pytest
import torch

from lnmbench.nets.stacked.dropout import (
    DropoutSampler,
    apply_dropout,
    mix_bits,
    penalty_to_dropout,
)

CPU = torch.device("cpu")


def test_dropout_keeps_expectations_and_the_rate_of_each_fit() -> None:
    dropout = DropoutSampler(torch.tensor([0.1, 0.5, 0.0]), [1, 2, 3], CPU)
    factors = dropout.draw(torch.tensor([0, 1, 2]), 0, 400, 80).take(80)
    assert factors is not None
    dropped = (factors == 0).float().mean((1, 2))
    # 32000 elements a fit: three standard errors are .005 and .008; .1 is held as 26 / 256.
    torch.testing.assert_close(dropped, torch.tensor([26 / 256, 0.5, 0.0]), rtol=0, atol=0.01)
    torch.testing.assert_close(factors.mean((1, 2)), torch.ones(3), rtol=0, atol=0.02)


def test_every_element_is_equally_likely_to_be_dropped() -> None:
    """Bytes of a word must be uniform, the one with the sign bit too."""
    factors = (
        DropoutSampler(torch.tensor([0.5]), [7], CPU).draw(torch.tensor([0]), 5, 4000, 8).take(8)
    )
    assert factors is not None
    dropped = (factors[0] == 0).float().mean(0)
    torch.testing.assert_close(dropped, torch.full((8,), 0.5), rtol=0, atol=0.04)


def test_a_fits_dropout_depends_on_neither_companions_nor_padding() -> None:
    rates, seeds = torch.tensor([0.2, 0.4, 0.3]), [5, 6, 7]
    together = DropoutSampler(rates, seeds, CPU)
    alone = DropoutSampler(rates[1:2], seeds[1:2], CPU)
    for step in (0, 7, 2**32):
        shared = together.draw(torch.tensor([2, 1, 0]), step, 12, 13).take(13)
        single = alone.draw(torch.tensor([0]), step, 7, 13).take(13)
        assert shared is not None
        assert single is not None
        assert torch.equal(shared[1, :7], single[0])


def test_masks_of_fits_steps_and_streams_differ() -> None:
    rates = torch.tensor([0.5, 0.5])
    masks = [
        DropoutSampler(rates, [1, 2], CPU, stream).draw(torch.tensor([0, 1]), step, 40, 64).take(64)
        for stream in ("dropout", "feature dropout")
        for step in (0, 1, 2**32)
    ]
    flat = torch.cat([mask.flatten(1) for mask in masks if mask is not None]).gt(0)  # (12, 2560)
    equal = (flat[:, None] == flat).float().mean(2)[~torch.eye(12, dtype=torch.bool)]
    # independent masks agree in half of 2560 elements, five standard errors are .05
    assert equal.min() > 0.45
    assert equal.max() < 0.55


def test_bits_are_those_of_splitmix64() -> None:
    """The first outputs for the seed 1234567 are those of the published test vectors."""
    stride = 0x9E3779B97F4A7C15 - 2**64
    counters = torch.arange(1, 6) * stride + 1234567
    expected = [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]
    assert [value % 2**64 for value in mix_bits(counters).tolist()] == expected


def test_layers_cannot_take_more_than_was_drawn() -> None:
    mask = DropoutSampler(torch.tensor([0.2]), [0], CPU).draw(torch.tensor([0]), 0, 2, 8)
    mask.take(8)
    with pytest.raises(ValueError, match="take 9 dropout factors of 8"):
        mask.take(1)


def test_without_dropout_there_are_no_factors() -> None:
    x = torch.ones(1, 2, 8)
    factors = DropoutSampler(torch.tensor([0.0]), [0], CPU).draw(torch.tensor([0]), 0, 2, 8).take(8)
    assert factors is None
    assert apply_dropout(x, factors) is x


def test_dropout_of_inputs_acts_like_its_ridge_penalty() -> None:
    """The weights that minimize the expected squared error are those of ridge regression."""
    source = torch.Generator().manual_seed(0)
    x = torch.linalg.qr(torch.randn(40, 3, generator=source, dtype=torch.float64)).Q * 40**0.5
    y = torch.randn(40, generator=source, dtype=torch.float64)
    penalty = torch.tensor([10.0], dtype=torch.float64)
    ridge = torch.linalg.solve(x.mT @ x + penalty * torch.eye(3), x.mT @ y)

    keep = 1 - penalty_to_dropout(penalty, torch.tensor([40]))
    # with x m / keep for x, where m is 1 with probability keep: E[x x'] has a larger diagonal
    squares = x.mT @ x + torch.diag((x**2).sum(0)) * (1 - keep) / keep
    torch.testing.assert_close(torch.linalg.solve(squares, x.mT @ y), ridge)


def test_a_penalty_drops_less_the_more_cases_there_are() -> None:
    rates = penalty_to_dropout(
        torch.tensor([240.0, 240.0, 240.0, 0.0, 0.0]), torch.tensor([80, 240, 960, 80, 1])
    )
    torch.testing.assert_close(rates, torch.tensor([0.75, 0.5, 0.2, 0.0, 0.0]))
