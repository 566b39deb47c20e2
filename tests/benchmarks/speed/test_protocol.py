"""The time of a protocol is measured part by part."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def test_protocol_says_how_long_each_part_took(
    run: Callable[[str], str], read_number: Callable[[str, str], float]
) -> None:
    small = "--repeats 1 --folds 2 --inner 2 --training max_epochs=1 --rounds 2 --workers 1"
    printed = run(
        f"protocol --device cpu --encoder none --dataset synthetic:n=40,images=false {small}"
    )
    assert read_number(r"agreement: .* differ by (\S+) at most", printed) == 0
    for part in ("ingest table", "run clinical network + pt", "run clinical network", "report"):
        assert re.search(rf"^  {re.escape(part)}: [\d.]+ s$", printed, flags=re.MULTILINE), part
