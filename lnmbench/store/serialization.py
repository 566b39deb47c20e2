"""Records as JSON text and back, for the files that hold them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from lnmbench.records import (
    Alike,
    Card,
    Column,
    Method,
    Preprocessing,
    Profile,
    Protocol,
    Summary,
    Variable,
)

_METHODS: TypeAdapter[Method] = TypeAdapter(Method)


def pack(record: Any) -> str:
    """Return a frozen record as JSON; equal records give equal text."""
    return json.dumps(asdict(record), sort_keys=True, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def card(text: str) -> Card:
    """Return the card that `pack` wrote."""
    facts = json.loads(text)
    return Card(**{**facts, "notes": tuple(facts["notes"])})


def column(text: str) -> Column:
    """Return the column that `pack` wrote."""
    facts = json.loads(text)
    lists = {key: tuple(facts[key]) for key in ("categories", "missing")}
    return Column(**{**facts, **lists})


def preprocessing(text: str) -> Preprocessing:
    """Return the preprocessing that `pack` wrote."""
    facts = json.loads(text)
    return Preprocessing(**{**facts, "spacing_mm": tuple(facts["spacing_mm"])})


def protocol(text: str) -> Protocol:
    """Return the protocol that `pack` wrote."""
    facts = json.loads(text)
    return Protocol(**{**facts, "primary": tuple(facts["primary"])})


def profile(text: str) -> Profile:
    """Return the profile that `pack` wrote."""
    facts = json.loads(text)
    alike = facts["alike"]
    return Profile(
        variables=tuple(_variable(one) for one in facts["variables"]),
        alike=None if alike is None else tuple(Alike(**one) for one in alike),
    )


def _variable(facts: dict[str, Any]) -> Variable:
    groups = {name: _summary(facts[name]) for name in ("everyone", "negative", "positive")}
    return Variable(**{**facts, **groups, "categories": tuple(facts["categories"])})


def _summary(facts: dict[str, Any]) -> Summary:
    quartiles = facts["quartiles"]
    return Summary(
        known=facts["known"],
        missing=facts["missing"],
        quartiles=None if quartiles is None else tuple(quartiles),
        counts=tuple(facts["counts"]),
    )


def method(text: str) -> Method:
    """Return the method that `pack` wrote."""
    return _METHODS.validate_json(text)
