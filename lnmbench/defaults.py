"""Default choices of a benchmark, read from `defaults.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
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

    `primary` are the primary metrics of a binary target, `primary_metrics` those of each kind of
    target, `quick` the protocol of `lnmbench run --quick`.
    """

    dataset: str
    target: str
    encoder: str
    encoder_without_images: str
    aux: str
    weighting: str
    baseline: str
    executor: str
    report_reader: str
    primary: tuple[str, ...]
    primary_metrics: Mapping[str, tuple[str, ...]]
    protocol: Folds
    quick: Folds


def read_defaults() -> Defaults:
    """Return the defaults that the package ships."""
    text = files("lnmbench").joinpath("defaults.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    primary = {kind: tuple(names) for kind, names in table.pop("primary").items()}
    return Defaults(
        primary=primary["binary"],
        primary_metrics=primary,
        protocol=Folds(**table.pop("protocol")),
        quick=Folds(**table.pop("quick")),
        **table,
    )


DEFAULTS: Final = read_defaults()
