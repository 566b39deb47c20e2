"""Spellings of missing values."""

from __future__ import annotations

import pytest

from lnmbench.lexicon.missing import is_missing, is_unassessed


@pytest.mark.parametrize(
    "cell",
    [
        *("NA", "n/a", "k. A.", "keine Angabe", "inconnu", "no consta", "non noto", "ignorado"),
        *("onbekend", "不详", "未查", "不明", "欠測", "미상", "'--", "[Unknown]", "—", "#N/A"),
        *("#NV", "#WERT!", "#N/D", "#¡VALOR!", "#VALEUR!", "#WAARDE!", "SYSMIS"),
    ],
)
def test_missing(cell: str) -> None:
    assert is_missing(cell)


@pytest.mark.parametrize("cell", ["no", "无", "なし", "없음", "0", "none", "N0", "+", "x"])
def test_a_negative_value_is_not_missing(cell: str) -> None:
    assert not is_missing(cell)


def test_x_classes_are_unassessed() -> None:
    assert [is_unassessed(cell) for cell in ("NX", "pTx", "N0", "max")] == [
        True,
        True,
        False,
        False,
    ]
