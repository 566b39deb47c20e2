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
        ({"model": 'a "b", c'}, 'timm:model="a ""b"", c"'),
        ({"model": '"'}, 'timm:model=""""'),
        ({"model": " a "}, 'timm:model=" a "'),
        ({"model": "", "head": "x"}, "timm:model=,head=x"),
    ],
)
def test_the_text_of_a_choice_can_be_typed(parameters: dict[str, object], text: str) -> None:
    choice = Choice(name="timm", parameters=parameters)
    assert str(choice) == text
    assert str(parse(text)) == text
    assert [*parse(text).parameters.values()] == [
        str(value).lower() if isinstance(value, bool) else str(value)
        for value in parameters.values()
    ]


def test_a_choice_can_be_a_parameter_of_another() -> None:
    inner = Choice(name="files", parameters={"path": "a,b.csv", "index": 'the "id"'})
    middle = Choice(name="pooled", parameters={"model": str(inner)})
    outer = Choice(name="stacked", parameters={"model": str(middle), "n": 3})
    nested = parse(str(parse(str(outer)).parameters["model"])).parameters["model"]
    assert parse(str(nested)) == inner
