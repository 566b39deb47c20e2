"""Time to the same loss on test cases."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def test_the_time_until_a_loss_is_reached_is_measured(
    run: Callable[[str], str], read_number: Callable[[str, str], float]
) -> None:
    small = "--folds 2 --inner 2 --rounds 1"
    printed = run(f"time_to_loss --encoder none --dataset synthetic:n=60,images=false {small}")
    assert read_number(r"agreement: .* changes the loss by (\S+)", printed) < 1e-6
    before = read_number(r"round 1: loss (\S+)", printed)
    if "not reached" in printed.splitlines()[1]:
        assert before < read_number(r"not reached: (\S+) at best", printed)
    else:
        assert before >= read_number(r"lowest now (\S+)", printed)
        assert re.search(r"^median of 4 fits: [\d.]+ × as fast", printed, flags=re.MULTILINE)
