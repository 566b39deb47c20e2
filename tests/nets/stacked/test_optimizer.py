"""AdamW over rows equals torch's AdamW for each row, and leaves idle rows alone."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from lnmbench.nets.stacked import optimizer
from lnmbench.nets.stacked.optimizer import AdamW

ROWS, SIZE, DECAYED, CLIP = 5, 30, 18, 0.7
RATES = torch.tensor([1e-2, 3e-3, 1e-1, 2e-2, 5e-2])
DECAYS = torch.tensor([0.0, 0.1, 0.5, 0.01, 1.0])
ACTIVE = [[0, 1, 2, 3, 4], [0, 2, 3], [4], [1, 2, 4], [0, 1, 2, 3, 4]]


def ordinary(row: int, start: torch.Tensor, gradients: list[torch.Tensor]) -> torch.Tensor:
    decaying, other = (nn.Parameter(x.clone()) for x in start.split([DECAYED, SIZE - DECAYED]))
    groups = [{"params": [decaying]}, {"params": [other], "weight_decay": 0.0}]
    adam = torch.optim.AdamW(groups, lr=float(RATES[row]), weight_decay=float(DECAYS[row]))
    for gradient in gradients:
        decaying.grad, other.grad = (x.clone() for x in gradient.split([DECAYED, SIZE - DECAYED]))
        nn.utils.clip_grad_norm_([decaying, other], CLIP)
        adam.step()
    return torch.cat([decaying, other]).detach()


@pytest.mark.parametrize("block", [1, 2 * SIZE, 1 << 17])
def test_rows_move_as_under_torchs_adamw(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optimizer, "_BLOCK", block)
    source = torch.Generator().manual_seed(0)
    start = torch.randn(ROWS, SIZE, generator=source)
    gradients = [0.2 * torch.randn(ROWS, SIZE, generator=source) for _ in ACTIVE]
    flat = start.clone()
    ours = AdamW(flat, decayed_size=DECAYED, learning_rate=RATES, weight_decay=DECAYS, clip=CLIP)
    for active, gradient in zip(ACTIVE, gradients, strict=True):
        before = flat.clone()
        ours.step(gradient.clone(), active)
        idle = [row for row in range(ROWS) if row not in active]
        assert torch.equal(flat[idle], before[idle])
    for row in range(ROWS):
        row_gradients = [
            g[row] for active, g in zip(ACTIVE, gradients, strict=True) if row in active
        ]
        torch.testing.assert_close(
            flat[row], ordinary(row, start[row], row_gradients), rtol=1e-5, atol=1e-6
        )


def test_a_row_that_moves_trains_on_as_before() -> None:
    source = torch.Generator().manual_seed(0)
    start = torch.randn(ROWS, SIZE, generator=source)
    gradients = [torch.randn(ROWS, SIZE, generator=source) for _ in range(3)]
    flat = start.clone()
    ours = AdamW(flat, decayed_size=DECAYED, learning_rate=RATES, weight_decay=DECAYS, clip=CLIP)
    ours.step(gradients[0].clone(), range(ROWS))
    flat[1] = flat[4]
    ours.copy_row(4, 1)
    for gradient in gradients[1:]:
        moved = gradient[:4].clone()
        moved[1] = gradient[4]
        ours.step(moved, range(4))
    expected = ordinary(4, start[4], [g[4] for g in gradients])
    torch.testing.assert_close(flat[1], expected, rtol=1e-5, atol=1e-6)
