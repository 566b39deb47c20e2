"""Labels: pathological T by its prefix, nodes that were resected en bloc."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pandas as pd
from lnmbench_lydata.lydata import Lydata

ISB = "2023-isb-multisite"
ValuesOf = Callable[[Lydata, str], list[object]]


def test_pt_is_known_only_where_its_prefix_says_so(isb: Lydata, values_of: ValuesOf) -> None:
    stages = Counter(values_of(isb, "pt_names"))
    assert stages[""] == 92
    assert sum(stages.values()) - stages[""] == 240
    assert "clinical" in " ".join(isb.notes)


def test_a_patient_has_a_clinical_or_a_pathological_stage(
    isb: Lydata, shared_data: Path, values_of: ValuesOf
) -> None:
    table = pd.read_csv(shared_data / "lydata" / ISB / "data.csv", header=[0, 1, 2])["tumor"]
    stages, prefixes = (
        table.xs("t_stage", axis=1, level=1),
        table.xs("t_stage_prefix", axis=1, level=1),
    )
    expected = stages[prefixes.to_numpy() == "c"].squeeze().map("T{:.0f}".format).value_counts()
    clinical = values_of(isb, "ct_names")
    assert Counter(clinical) == {**expected.to_dict(), "": 240}
    pathological = values_of(isb, "pt_names")
    assert all(bool(c) != bool(p) for c, p in zip(clinical, pathological, strict=True))
    (column,) = (column for column in isb.columns if column.label == "ct_names")
    assert (column.name, column.role, column.known) == ("cT", "aux", "before")


def test_nodes_resected_en_bloc_can_count(
    isb: Lydata, shared_data: Path, values_of: ValuesOf
) -> None:
    assert "28 patients have no involved level, but positive nodes" in " ".join(isb.notes)
    counted = Lydata(shared_data / "lydata", cohort=ISB, enbloc=True)
    assert Counter(values_of(counted, "n1")) == {"True": 181, "False": 149, "": 2}
