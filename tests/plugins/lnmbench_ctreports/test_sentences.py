"""Sentences: normalization, languages, sections."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Read = Callable[..., dict[str, object]]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Rundherd im rechten Oberlappen, 12 mm, kein Erguss.",
        "Nodule du lobe supérieur droit mesurant 12 mm, sans épanchement.",
        "右上葉に結節あり、径は約12mmである。",
        "Узел 12 мм",
    ],
)
def test_other_languages_give_nothing(read: Read, text: str) -> None:
    assert read(text) == {}


def test_a_language_can_be_asked_for(read: Read) -> None:
    mixed = "右肺上叶肿块3cm。 No effusion."
    assert read(mixed)["effusion"] == "no"
    assert "lobe" in read(mixed, language="zh")
    assert "lobe" not in read(mixed, language="en")


@pytest.mark.parametrize(
    "text",
    [
        "Comparison: CT 2019. Nodule RLL was 8 mm, now measures 12 mm.",
        "Comparison: CT 2019. Nodule RLL was 15 mm, now measures 12 mm.",
        "Comparison: None available. Nodule RLL 12 mm.",
        "Comparison: CT of 12 March 2019. Prior CT showed a 5 cm mass. Nodule RLL 12 mm.",
        "Comparison:\nCT chest 12/03/2019\nTechnique: 5 mm slices\nFindings: RLL nodule 12 mm.",
        "对比：2019-03-05 CT。右肺下叶结节原15mm，现约12mm。",
    ],
)
def test_a_comparison_ends_where_findings_begin(read: Read, text: str) -> None:
    assert read(text) == {"long axis": 12.0, "lobe": "RLL"}
