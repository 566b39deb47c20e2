"""Every weighting is timed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lnmbench.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable


def test_every_weighting_is_compared_with_fixed(run: Callable[[str], str]) -> None:
    small = "--dim 32 --fits 2 --cases 40 --slices 2 --tasks 2 --epochs 1 --rounds 1"
    printed = run(f"weightings {small}")
    ratios = re.findall(r"^median: (\S+) \S+ ms: \S+ × fixed", printed, flags=re.MULTILINE)
    assert ratios == [offer.name for offer in Registry().weightings.offers()]
