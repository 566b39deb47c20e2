"""Values of settings: texts, tables and objects that users write."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from lnmbench import choices
from lnmbench.errors import UserError
from lnmbench.estimators import Estimator
from lnmbench.records import Choice, sort_modalities


class MalformedChoice(ValueError):
    """A `UserError` on a choice, to which the name of the setting is added."""


@contextmanager
def _naming_setting() -> Iterator[None]:
    """Turn a `UserError` into an error of the setting that is validated."""
    try:
        yield
    except UserError as error:
        raise MalformedChoice(str(error)) from error


def _parse_choice(value: object) -> object:
    """Parse a choice: text (`name:key=value`), a table with `name` and parameters, an object."""
    if isinstance(value, str):
        with _naming_setting():
            return choices.parse(value)
    if isinstance(value, Estimator):
        return Choice(name=value.name)
    if isinstance(value, Mapping) and isinstance(value.get("name"), str):
        return Choice(
            name=str(value["name"]), parameters={k: v for k, v in value.items() if k != "name"}
        )
    if not isinstance(value, Choice):
        raise ValueError("a name, name:key=value, or a table with a name")
    return value


def _parse_tasks(value: object) -> object:
    """Parse the auxiliary tasks of one method: `pt`, `pt+size`, or `none`."""
    if isinstance(value, str):
        with _naming_setting():
            return () if value.strip() == "none" else choices.parse_all(value)
    if isinstance(value, Mapping):
        return (_parse_choice(value),)
    if isinstance(value, list | tuple):
        return tuple(_parse_choice(item) for item in value if item != "none")
    return value


def _as_sequence(value: object) -> object:
    if isinstance(value, str | Mapping | Estimator):
        return (value,)
    if not isinstance(value, Sequence):
        raise ValueError("a name, or a list of names")
    return value


def _require_any(values: tuple[Choice, ...]) -> tuple[Choice, ...]:
    if not values:
        raise ValueError("at least one name")
    return values


def _normalize_names(value: object) -> object:
    """Normalize names to the text of a choice, each once.

    Two spellings of one choice differ still: only its plugin knows the defaults.
    """
    names = (value,) if isinstance(value, str) else value
    if not isinstance(names, Sequence) or not names:
        raise ValueError("at least one name")
    return tuple(dict.fromkeys(str(_parse_choice(name)) for name in names))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """Values of a parameter of every auxiliary task, each of which makes methods of its own."""

    parameter: str
    values: tuple[object, ...]

    def __str__(self) -> str:
        return f"{self.parameter}={'+'.join(map(str, self.values))}"


_SWEEP = "PARAMETER=VALUE+VALUE, e.g. keep=0.1+0.25+1"


def _parse_sweep(value: object) -> object:
    """Parse a sweep: `keep=0.1+0.25+1`, or a table with one list of values."""
    if isinstance(value, Mapping):
        if len(value) != 1:
            raise ValueError(f"one parameter: {_SWEEP}")
        ((name, values),) = value.items()
        values = values if isinstance(values, list) else [values]
    elif isinstance(value, str):
        name, sign, text = value.partition("=")
        values = [part.strip() for part in text.split("+")]
        if not sign or not name.strip() or not all(values):
            raise ValueError(_SWEEP)
    else:
        return value
    if not values:
        raise ValueError(_SWEEP)
    return Sweep(
        parameter=str(name).strip(), values=tuple({str(each): each for each in values}.values())
    )


def _parse_modalities(value: object) -> object:
    """Parse sets of modalities: `image,clinical`, or a list of such texts or of lists of names."""
    sets = (value,) if isinstance(value, str) else value
    if not isinstance(sets, Sequence):
        raise ValueError("names separated by commas, e.g. image,clinical")
    parsed = []
    for names in sets:
        listed = re.split(r"[,+]", names) if isinstance(names, str) else names
        if not isinstance(listed, Sequence) or not all(isinstance(each, str) for each in listed):
            raise ValueError("names separated by commas, e.g. image,clinical")
        parsed.append(tuple(name.strip() for name in listed))
        if not all(parsed[-1]) or not parsed[-1]:
            raise ValueError("names separated by commas, e.g. image,clinical")
    return tuple(dict.fromkeys(map(sort_modalities, parsed)))


def _parse_margins(value: object) -> object:
    """Parse margins: `auc=.02`, a list of such texts, or a table of metrics and numbers."""
    if isinstance(value, Mapping):
        pairs = list(value.items())
    else:
        texts = (value,) if isinstance(value, str) else value
        if not isinstance(texts, Sequence):
            raise ValueError("NAME=VALUE, e.g. auc=.02, or a table of metrics and numbers")
        pairs = [str(text).rpartition("=")[::2] for text in texts]
    margins = [_parse_margin(number) for _, number in pairs]
    names = [_parse_metric(name) for name, _ in pairs]
    return tuple(zip(names, margins, strict=True))


def _parse_metric(text: object) -> str:
    # `auc=.02,ap=.03` ends in a margin of `auc=.02,ap`
    if "=" in str(text).partition(":")[0]:
        raise ValueError("one NAME=VALUE, e.g. auc=.02; repeat --margin for each metric")
    return str(_parse_choice(text))


def _parse_margin(value: object) -> float:
    try:
        margin = math.nan if isinstance(value, bool) else float(str(value))
    except ValueError:
        margin = math.nan
    if not (math.isfinite(margin) and margin > 0.0):
        raise ValueError("NAME=VALUE with a positive number, e.g. auc=.02")
    return margin


def _check_window(window: tuple[float, float]) -> tuple[float, float]:
    if not (math.isfinite(window[0]) and math.isfinite(window[1]) and window[0] < window[1]):
        raise ValueError("a lower and a higher HU")
    return window


OneChoice = Annotated[Choice, BeforeValidator(_parse_choice)]
Tasks = Annotated[tuple[Choice, ...], BeforeValidator(_parse_tasks)]
Choices = Annotated[tuple[OneChoice, ...], BeforeValidator(_as_sequence)]
TaskSets = Annotated[tuple[Tasks, ...], BeforeValidator(_as_sequence)]
SweepSetting = Annotated[Sweep, BeforeValidator(_parse_sweep)]
Margins = Annotated[tuple[tuple[str, float], ...], BeforeValidator(_parse_margins)]
ModalitySets = Annotated[tuple[tuple[str, ...], ...], BeforeValidator(_parse_modalities)]
Names = Annotated[tuple[str, ...], BeforeValidator(_normalize_names)]
RequiredChoices = Annotated[Choices, AfterValidator(_require_any)]
Window = Annotated[tuple[float, float], AfterValidator(_check_window)]
