from __future__ import annotations

import enum
import math
from pathlib import Path
from typing import Literal, Optional, Union

import pytest

from lnmbench import UserError
from lnmbench.choices import parse
from lnmbench.parameters import Parameter, argument_name, bind, convert, parameters_of
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


def annotated(annotation: object) -> Parameter:
    return Parameter(name="x", annotation=annotation, default=None)


@pytest.mark.parametrize(
    ("annotation", "value", "expected"),
    [
        (Path | None, None, None),
        (Path | None, "none", None),
        (Path | None, "None", None),
        (Path | None, "a/b", Path("a/b")),
        (Optional[Path], None, None),  # noqa: UP045
        (Union[int, str], "3", 3),  # noqa: UP007
        (int | str, "three", "three"),
        (str | None, "none", None),
        (float | None, "0.5", 0.5),
        (int | float, "0.5", 0.5),
        (bool, "Yes", True),
        (bool | None, "none", None),
        (Literal["a", 2, None, True], "2", 2),
        (Literal["a", 2, None, True], "none", None),
        (Literal["a", 2, None, True], "TRUE", True),
        (Literal["a", 2, None, True], None, None),
        (Literal["a", "A"], "A", "A"),
    ],
)
def test_a_value_gets_the_type_that_fits(
    annotation: object, value: object, expected: object
) -> None:
    converted = convert(value, annotated(annotation), "metric x")
    assert converted == expected
    assert type(converted) is type(expected)
    assert convert(converted, annotated(annotation), "metric x") == expected, "bound again"


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (float, "nan"),
        (float, math.nan),
        (float | None, "inf"),
        (float, "-inf"),
        (float, True),
        (int, "1.5"),
        (int, 2.0),
        (int, "9" * 5000),
        (Path, None),
        (Path, ""),
        (Path, "a\0b"),
        (Path, 3),
        (str, None),
        (bool, "maybe"),
        (Literal["a"], "b"),
    ],
)
def test_a_value_of_no_type_is_refused(annotation: object, value: object) -> None:
    with pytest.raises(UserError, match=r"wrong value for x \(metric x\): expected"):
        convert(value, annotated(annotation), "metric x")


class Color(enum.Enum):
    RED = 1


@pytest.mark.parametrize(
    "annotation", [list[int], tuple[int, ...], dict, Color, object, list[int] | None, bytes]
)
def test_a_type_that_no_text_has_is_refused(annotation: object) -> None:
    def factory(x: object = None) -> None: ...

    factory.__annotations__["x"] = annotation
    with pytest.raises(TypeError, match=r"parameter x of .* has the type .*, expected int, float"):
        parameters_of(factory)


def test_a_parameter_that_has_no_name_is_refused() -> None:
    def factory(x: int = 1, /) -> None: ...

    with pytest.raises(TypeError, match="cannot be passed by name"):
        parameters_of(factory)


def test_a_parameter_that_is_a_keyword_of_python_ends_with_an_underscore() -> None:
    def cut(from_: str = "T2", names_: int = 1) -> None:
        """Cut."""

    assert [parameter.name for parameter in parameters_of(cut)] == ["from", "names_"]
    bound = bind(parse("x:from=T3"), cut, role="aux task")
    assert bound.parameters == {"from": "T3", "names_": 1}
    assert [argument_name(name) for name in bound.parameters] == ["from_", "names_"]
