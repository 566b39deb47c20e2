from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from lnmbench import UserError
from lnmbench.choices import parse
from lnmbench.parameters import bind, parameters_of
from lnmbench.records import Choice


def factory(
    path: Path,
    n: int = 160,
    effect: float = 1.0,
    size: Literal["small", "large"] = "small",
    seed: int | None = None,
    images: bool = True,
) -> object:
    """Make a cohort.

    Parameters
    ----------
    path
        Table of cases.
    n : int
        Number of cases,
        at least 2.

    Returns
    -------
    object
        Every argument.
    """
    return path, n, effect, size, seed, images


def test_parameters_get_their_types_and_defaults() -> None:
    bound = bind(parse("x:path=p.csv,n=7,effect=0,images=no"), factory, role="dataset")
    assert bound.parameters == {
        "path": Path("p.csv"),
        "n": 7,
        "effect": 0.0,
        "size": "small",
        "seed": None,
        "images": False,
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x:pth=p.csv", "unknown parameter 'pth' of dataset x.*did you mean path"),
        ("x", "requires the parameter 'path'"),
        ("x:path=p,n=many", "wrong value for n.*expected int, got 'many'"),
        ("x:path=p,n=1.5", "wrong value for n"),
        ("x:path=p,size=huge", "small | large"),
        ("x:path=p,images=perhaps", "wrong value for images"),
    ],
)
def test_what_a_factory_does_not_accept_is_refused(text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        bind(parse(text), factory, role="dataset")


def test_values_of_a_table_need_no_text() -> None:
    choice = Choice(name="x", parameters={"path": "p", "n": 3, "effect": 2, "images": False})
    bound = bind(choice, factory, role="dataset")
    assert (bound.parameters["n"], bound.parameters["effect"]) == (3, 2.0)
    assert bound.parameters["images"] is False


def test_descriptions_come_from_the_docstring() -> None:
    descriptions = {each.name: each.description for each in parameters_of(factory)}
    assert descriptions["path"] == "Table of cases."
    assert descriptions["n"] == "Number of cases, at least 2."
    assert descriptions["effect"] == ""
    assert list(descriptions) == ["path", "n", "effect", "size", "seed", "images"]
