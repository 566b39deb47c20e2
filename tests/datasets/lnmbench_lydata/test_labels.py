"""Labels: pathological T by its prefix, nodes that were resected en bloc."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from lnmbench_lydata.lydata import Lydata

ISB = "2023-isb-multisite"
ValuesOf = Callable[[Lydata, str], list[object]]


def test_pt_is_known_only_where_its_prefix_says_so(isb: Lydata, values_of: ValuesOf) -> None:
    stages = Counter(values_of(isb, "pt_names"))
    assert stages[""] == 92
    assert sum(stages.values()) - stages[""] == 240
    assert "clinical" in " ".join(isb.notes)


def test_nodes_resected_en_bloc_can_count(
    isb: Lydata, shared_data: Path, values_of: ValuesOf
) -> None:
    assert "28 patients have no involved level, but positive nodes" in " ".join(isb.notes)
    counted = Lydata(shared_data / "lydata", cohort=ISB, enbloc=True)
    assert Counter(values_of(counted, "n1")) == {"True": 181, "False": 149, "": 2}
