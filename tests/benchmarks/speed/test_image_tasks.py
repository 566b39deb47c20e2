"""Every task that learns from images is timed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

TASKS = ["contrastive", "masked_slices", "reconstruct", "rotation", "segment", "slice_order"]


def test_every_task_that_learns_from_images_is_timed(run: Callable[[str], str]) -> None:
    printed = run("image_tasks --dim 32 --fits 2 --cases 40 --slices 2 --epochs 1 --rounds 1")
    ratios = re.findall(r"^median: (\S+) \S+ ms: \S+ × the network", printed, flags=re.MULTILINE)
    assert ratios[0] == "none"
    assert sorted(ratios[1:]) == TASKS
