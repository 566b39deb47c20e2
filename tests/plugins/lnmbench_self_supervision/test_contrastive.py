from __future__ import annotations

import numpy as np
import pytest
import torch
from lnmbench_self_supervision.contrastive import Contrastive
from torch.nn import functional

from lnmbench import UserError
from lnmbench.testing import sample_cohort
from lnmbench.testing.sample_images import add_images, encode_images

COHORT = add_images(sample_cohort())


def test_two_halves_share_no_slice_and_make_up_the_case() -> None:
    examples = Contrastive().examples(encode_images(COHORT))
    for case, (first, second) in zip(examples.case, examples.rows, strict=True):
        one, other = set(first[first >= 0]), set(second[second >= 0])
        assert not one & other
        assert one | other == set(range(COHORT.offsets[case], COHORT.offsets[case + 1]))
    assert set(examples.case) == set(np.flatnonzero(np.diff(COHORT.offsets) > 1))


def plain_nt_xent(first: torch.Tensor, second: torch.Tensor, temperature: float) -> torch.Tensor:
    """The loss of each pair by the cross-entropy of torch, view by view."""
    views = functional.normalize(torch.cat([first, second]), dim=1)
    n, losses = len(first), []
    for view in range(2 * n):
        others = [other for other in range(2 * n) if other != view]
        scores = views[others] @ views[view] / temperature
        positive = others.index((view + n) % (2 * n))
        losses.append(functional.cross_entropy(scores[None], torch.tensor([positive])))
    both = torch.stack(losses)
    return (both[:n] + both[n:]) / 2


def test_the_loss_is_that_of_each_fits_cases_alone() -> None:
    task = Contrastive(temperature=0.3)
    logits = torch.randn(2, 6, 16, requires_grad=True)
    counted = torch.tensor([[1, 1, 0, 1, 1, 0], [1, 0, 0, 0, 0, 0]]).bool()
    targets = counted.float().unsqueeze(2).expand(2, 6, 16)
    losses = task.loss(logits, targets)
    halves = logits[0, counted[0]].view(4, 2, 8)
    torch.testing.assert_close(
        losses[0, counted[0]], plain_nt_xent(halves[:, 0], halves[:, 1], 0.3)
    )
    torch.testing.assert_close(losses[~counted], torch.zeros(7))
    torch.testing.assert_close(losses[1, 0], torch.tensor(0.0))  # alone in its batch
    losses.sum().backward()
    assert logits.grad is not None
    assert bool(torch.isfinite(logits.grad).all())
    assert float(logits.grad[~counted].abs().max()) == 0.0


def test_a_wrong_temperature_is_refused() -> None:
    with pytest.raises(UserError, match=r"expected 0.01 to 100, got 0"):
        Contrastive(temperature=0.0)
