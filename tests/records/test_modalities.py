"""Modalities of a method, read from and written into its choice."""

from __future__ import annotations

import pytest

from lnmbench.records import MODALITIES, Choice, choose_modalities, feature_modalities


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", None),
        ("none", ()),
        ("pet + clinical", ("clinical", "pet")),
        ("cfdna+cfdna", ("cfdna",)),
        ("none+pet", ("none", "pet")),
    ],
)
def test_modalities_are_read_from_the_parameter(text: str, names: tuple[str, ...] | None) -> None:
    assert feature_modalities(Choice(name="x", parameters={MODALITIES: text})) == names


def test_modalities_replace_those_of_a_choice_and_keep_its_other_parameters() -> None:
    choice = Choice(name="x", parameters={"c": 1, MODALITIES: "pet"})
    assert str(choose_modalities(choice, ("pet", "clinical"))) == "x:c=1,modalities=clinical+pet"
    assert str(choose_modalities(choice, ())) == "x:c=1,modalities=none"
    assert str(choose_modalities(choice, None)) == "x:c=1"
