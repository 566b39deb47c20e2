"""Fine-tuning agrees with a plain PyTorch loop."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def test_fine_tuning_ends_where_the_plain_loop_ends(
    run: Callable[[str], str], read_number: Callable[[str, str], float]
) -> None:
    small = "--size 32 --cases 12 --slices 2 --fits 1 --epochs 1 --rounds 1 --batch-size 5"
    printed = run(f"finetune --encoder resnet18 --token-dim 8 --workers 0 {small}")
    difference = read_number(r"agreement: .* differ by (\S+) in float32", printed)
    moved = read_number(r"training the encoder moved them by (\S+)", printed)
    assert 10 * difference < 1e-4 < moved
    assert re.search(r"median: plain .*: ratio [\d.]+ ×", printed)
    assert "projected, lnmbench: 500 fits" in printed
