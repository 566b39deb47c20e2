"""Default choices of a benchmark, read from `defaults.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Folds:
    """Repeats, outer folds and inner folds of a nested cross-validation."""

    repeats: int
    folds: int
    inner: int

    def __str__(self) -> str:
        return f"{self.repeats} repeats × {self.folds} folds × {self.inner} inner folds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """The choices that apply unless the user makes others, as they are typed.

    `primary` are the primary metrics, `quick` the protocol of `lnmbench run --quick`.
    """

    dataset: str
    target: str
    encoder: str
    aux: str
    weighting: str
    baseline: str
    executor: str
    report_reader: str
    primary: tuple[str, ...]
    protocol: Folds
    quick: Folds


def read_defaults() -> Defaults:
    """Return the defaults that the package ships."""
    text = files("lnmbench").joinpath("defaults.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return Defaults(
        primary=tuple(table.pop("primary")),
        protocol=Folds(**table.pop("protocol")),
        quick=Folds(**table.pop("quick")),
        **table,
    )


DEFAULTS: Final = read_defaults()
