"""Each seed and purpose has its own random stream."""

from __future__ import annotations

import torch

from lnmbench.nets.rng import seeded_generator


def test_streams_differ_by_seed_and_purpose() -> None:
    draws = {
        tuple(torch.rand(3, generator=seeded_generator(seed, purpose)).tolist())
        for seed in (0, 1)
        for purpose in ("order", "dropout")
    }
    assert len(draws) == 4
    first, again = (torch.rand(3, generator=seeded_generator(0, "order")) for _ in range(2))
    assert torch.equal(first, again)
