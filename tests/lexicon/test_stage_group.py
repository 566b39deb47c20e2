from __future__ import annotations

import pytest

from lnmbench.lexicon.stage_group import is_overall_stage


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("stage", (), True),
        ("Tumor Stage", ("early", "advanced"), True),
        ("病期", ("1", "2"), True),
        ("병기", ("1", "2"), True),
        ("Stadium", ("I", "II"), True),
        ("anything", ("IA1", "IIB"), True),
        ("anything", ("cT1N0M0", "cT2N1M0"), True),
        ("cTNM", (), True),
        ("T stage", ("low", "high"), False),
        ("T分期", (), False),
        ("cN", ("N0", "N1"), False),
        ("grade", ("1", "2", "3"), False),
        ("age", (), False),
    ],
)
def test_cells_decide_before_the_name(name: str, cells: tuple[str, ...], expected: bool) -> None:
    assert is_overall_stage(name, cells) is expected
