from __future__ import annotations

import pytest

from lnmbench import UserError, choices
from lnmbench.records import Choice


@pytest.mark.parametrize(
    ("text", "name", "parameters"),
    [
        ("resnet50", "resnet50", {}),
        ("resnet50:weights=random,cut=layer3", "resnet50", {"weights": "random", "cut": "layer3"}),
        (
            'table:path="a,b=c.csv",columns=c.toml',
            "table",
            {"path": "a,b=c.csv", "columns": "c.toml"},
        ),
        ("tcga:root=/data/x,cancer=luad+lusc", "tcga", {"root": "/data/x", "cancer": "luad+lusc"}),
        (r"table:path=C:\data\x.csv", "table", {"path": r"C:\data\x.csv"}),
    ],
)
def test_a_choice_is_read_and_written_back(text: str, name: str, parameters: object) -> None:
    choice = choices.parse(text)
    assert (choice.name, choice.parameters) == (name, parameters)
    assert choices.parse(str(choice)) == choice


@pytest.mark.parametrize(
    "text", ["", ":", "a b", "resnet50:", "resnet50:weights", "x:=3", 'x:a="b', "x:a=1,,b=2"]
)
def test_a_malformed_choice_shows_the_grammar(text: str) -> None:
    with pytest.raises(UserError, match="name:key=value,key=value"):
        choices.parse(text)


def test_a_parameter_given_twice_is_refused() -> None:
    with pytest.raises(UserError, match="twice"):
        choices.parse("x:a=1,a=2")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pt + size", ["pt", "size"]),
        ("pt+size:bins=4", ["pt", "size:bins=4"]),
        ("pt:shuffled=1+size", ["pt:shuffled=1", "size"]),
        ("pt:shuffled=1+size+n1:a=2,b=3", ["pt:shuffled=1", "size", "n1:a=2,b=3"]),
        ("pt:shuffled=1+size:shuffled=1", ["pt:shuffled=1", "size:shuffled=1"]),
        ('pt:note="a, b"+size', ['pt:note="a, b"', "size"]),
    ],
)
def test_a_plus_joins_tasks_after_values_too(text: str, expected: list[str]) -> None:
    assert [str(choice) for choice in choices.parse_all(text)] == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('size:kinds="a+b"', "a+b"),
        ('size:kinds="a+b:c=1"', "a+b:c=1"),
        ("size:kinds=a+b,n=1", "a+b"),
        ("size:kinds=1e+3", "1e+3"),
        ("size:kinds=T2+", "T2+"),
        ("size:kinds=margin+tag+pleural tag", "margin+tag+pleural tag"),
        ("size:kinds=report: margin+report: tag", "report: margin+report: tag"),
        (r"size:kinds=a+C:\x", r"a+C:\x"),
    ],
)
def test_a_plus_before_no_choice_or_in_quotes_is_the_values(text: str, value: str) -> None:
    choice, *more = choices.parse_all(f"pt+{text}")[1:]
    assert (choice.name, choice.parameters["kinds"], more) == ("size", value, [])


def test_a_task_that_is_joined_to_nothing_is_malformed() -> None:
    for text in ("pt+", "+pt", "pt++size", ""):
        with pytest.raises(UserError, match="malformed choice"):
            choices.parse_all(text)


@pytest.mark.parametrize(
    "tasks",
    [
        [],
        [Choice(name="pt"), Choice(name="size", parameters={"bins": "4"})],
        [Choice(name="signs", parameters={"names": "margin+pleural tag"}), Choice(name="pt")],
        [Choice(name="signs", parameters={"names": "margin+pt", "n": "1"}), Choice(name="pt")],
        [Choice(name="signs", parameters={"names": "a,b+pt", "note": 'x "+pt"'})],
    ],
)
def test_joined_choices_are_read_back(tasks: list[Choice]) -> None:
    text = choices.join(tasks)
    assert (list(choices.parse_all(text)) if text else []) == tasks
