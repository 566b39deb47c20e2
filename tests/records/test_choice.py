"""Choices as text."""

from __future__ import annotations

import pytest

from lnmbench.choices import parse
from lnmbench.records import Choice


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        ({}, "timm"),
        ({"model": "resnet50", "seed": 0}, "timm:model=resnet50,seed=0"),
        ({"pretrained": True}, "timm:pretrained=true"),
        ({"model": "a,b=c"}, 'timm:model="a,b=c"'),
    ],
)
def test_the_text_of_a_choice_can_be_typed(parameters: dict[str, object], text: str) -> None:
    choice = Choice(name="timm", parameters=parameters)
    assert str(choice) == text
    assert str(parse(text)) == text
