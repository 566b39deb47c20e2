"""Benchmark: what the user asks for, from options and a TOML file; the only parser of both."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

from lnmbench import choices
from lnmbench.defaults import DEFAULTS
from lnmbench.errors import UserError, nearest
from lnmbench.parameters import bind, parameters_of
from lnmbench.records import WINDOW_HU, Choice, Protocol, Training


def _one(value: object) -> object:
    """A choice as text (`name:key=value`) or as a table with `name` and parameters."""
    if isinstance(value, str):
        return choices.parse(value)
    if isinstance(value, Mapping) and isinstance(value.get("name"), str):
        return Choice(
            name=str(value["name"]), parameters={k: v for k, v in value.items() if k != "name"}
        )
    return value


def _tasks(value: object) -> object:
    """Auxiliary tasks of one arm: `pt`, `pt+size`, or `none`."""
    if isinstance(value, str):
        return () if value.strip() == "none" else choices.parse_all(value)
    if isinstance(value, Mapping):
        return (_one(value),)
    if isinstance(value, list):
        return tuple(_one(item) for item in value if item != "none")
    return value


def _several(value: object) -> object:
    return (value,) if isinstance(value, str | Mapping) else value


def _names(value: object) -> object:
    """Choices as text, each text once; what is one choice in two spellings, plugins know."""
    several = (value,) if isinstance(value, str) else value
    if not isinstance(several, Sequence) or not several:
        raise ValueError("at least one name")
    return tuple(dict.fromkeys(str(_one(name)) for name in several))


def _rising(window: tuple[float, float]) -> tuple[float, float]:
    if not (math.isfinite(window[0]) and math.isfinite(window[1]) and window[0] < window[1]):
        raise ValueError("a lower and a higher HU")
    return window


OneChoice = Annotated[Choice, BeforeValidator(_one)]
Tasks = Annotated[tuple[Choice, ...], BeforeValidator(_tasks)]
Choices = Annotated[tuple[OneChoice, ...], BeforeValidator(_several)]
Arms = Annotated[tuple[Tasks, ...], BeforeValidator(_several)]
Names = Annotated[tuple[str, ...], BeforeValidator(_names)]


class Benchmark(BaseModel):
    """Everything that `lnmbench run` can be asked for.

    `encoder`, `aux` and `baseline` that are not given take their defaults, or nothing with
    `only`. Each entry of `aux` is one arm's set of auxiliary tasks.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    dataset: OneChoice = choices.parse(DEFAULTS.dataset)
    target: OneChoice = choices.parse(DEFAULTS.target)
    encoder: Choices | None = None
    aux: Arms | None = None
    weighting: OneChoice = choices.parse(DEFAULTS.weighting)
    baseline: Choices | None = None
    only: bool = False
    repeats: int = Field(DEFAULTS.protocol.repeats, ge=1, le=1000)
    folds: int = Field(DEFAULTS.protocol.folds, ge=2, le=1000)
    inner: int = Field(DEFAULTS.protocol.inner, ge=2, le=100)
    seed: int = Field(0, ge=0)
    window: Annotated[tuple[float, float], AfterValidator(_rising)] = WINDOW_HU
    training: Training = Training()
    tune: int = Field(1, ge=1, le=1000)
    primary: Names = DEFAULTS.primary

    @property
    def protocol(self) -> Protocol:
        """The protocol that these settings make."""
        return Protocol(
            target=str(self.target),
            repeats=self.repeats,
            folds=self.folds,
            inner=self.inner,
            seed=self.seed,
            primary=self.primary,
        )


def read_benchmark(file: Path | None, options: Mapping[str, Any]) -> Benchmark:
    """Return the benchmark of a TOML file (or none) with options put over it.

    Options that are None were not given. Raises `UserError` for whatever is wrong.
    """
    asked = _toml(file) if file is not None else {}
    asked.update({key: value for key, value in options.items() if value is not None})
    if isinstance(asked.get("training"), Mapping):
        asked["training"] = _training(asked["training"])
    try:
        return Benchmark(**asked)
    except ValidationError as error:
        raise _one_line(error, file) from error


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UserError("no such benchmark file", where=str(file)) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError(
            "unreadable benchmark file", where=str(file), expected="TOML", got=str(error)
        ) from error


def _training(given: Mapping[str, object]) -> Training:
    accepted = parameters_of(Training)
    bound = bind(Choice(name="settings", parameters=given), Training, role="training")
    training = Training(**bound.parameters)  # type: ignore[arg-type]  # bind made the types right
    for parameter in accepted:
        value = getattr(training, parameter.name)
        if not isinstance(value, int | float) or isinstance(value, bool):
            continue
        allowed_zero = parameter.name in ("weight_decay", "dropout")
        if value < 0 or (value == 0 and not allowed_zero):
            raise UserError(
                f"training setting {parameter.name}", expected="a positive number", got=str(value)
            )
    if training.augment != "none":
        from lnmbench.nets.data.augmentation import parse_augmentations

        parse_augmentations(training.augment)
    if training.dropout >= 1:
        raise UserError("training setting dropout", expected="below 1", got=str(training.dropout))
    if training.token_dim is not None and training.token_dim % training.heads:
        raise UserError(
            "training setting token_dim",
            expected=f"a multiple of heads ({training.heads})",
            got=str(training.token_dim),
        )
    return training


def _one_line(error: ValidationError, file: Path | None) -> UserError:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    known = list(Benchmark.model_fields)
    if first["type"] == "extra_forbidden":
        return UserError(
            f"unknown setting {place!r}", where=str(file or ""), then=nearest(place, known)
        )
    return UserError(
        f"wrong value for {place}",
        where=str(file or ""),
        expected=re.sub(r"^(Input should be|Value error,) ", "", first["msg"]),
        got=repr(first["input"])[:60],
    )
