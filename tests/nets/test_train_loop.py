"""The order in which a fit sees its cases."""

from __future__ import annotations

import torch

from lnmbench.nets.rng import seeded_generator
from lnmbench.nets.train_loop import shuffle_into_batches


def test_batches_deal_out_every_case_once_and_evenly() -> None:
    cases = torch.arange(100, 215)
    batches = shuffle_into_batches(cases, seeded_generator(0, "order"), 32)
    assert sorted(torch.cat(batches).tolist()) == cases.tolist()
    assert sorted(len(batch) for batch in batches) == [28, 29, 29, 29]
    again = shuffle_into_batches(cases, seeded_generator(0, "order"), 32)
    assert all(torch.equal(a, b) for a, b in zip(batches, again, strict=True))
