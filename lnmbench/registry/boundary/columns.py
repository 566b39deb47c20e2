"""Checks of the columns that data sets and report readers return."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

from lnmbench.records import Column
from lnmbench.records.column import Kind, Known, Role
from lnmbench.registry.boundary.values import (
    Unexpected,
    describe,
    require_sequence,
    require_text,
)

MOST_COLUMNS = 20_000
MOST_SPELLINGS = 1_000_000
"""Categories, or spellings of missing values, of one column."""
ROLES: tuple[str, ...] = get_args(Role)
KINDS: tuple[str, ...] = get_args(Kind)
KNOWN: tuple[str, ...] = get_args(Known)


def require_columns(value: object) -> Sequence[Column]:
    """Return columns of different names."""
    columns = []
    for column in require_sequence(value, most=MOST_COLUMNS):
        columns.append(_require_column(column))
    names = [column.name for column in columns]
    repeated = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if repeated:
        raise Unexpected("columns of different names", f"two columns {repeated[0]!r}")
    return tuple(columns)


def _require_column(value: object) -> Column:
    """Return a column whose fields are of their types, which its constructor does not check."""
    if not isinstance(value, Column):
        raise Unexpected("columns (lnmbench.Column)", describe(value))
    name = require_text(value.name)
    for field, options in (("role", ROLES), ("kind", KINDS), ("known", KNOWN)):
        if getattr(value, field) not in options:
            got = describe(getattr(value, field))
            raise Unexpected(f"{', '.join(options)} as {field} of column {name!r}", got)
    for field in ("label", "unit", "reader", "description"):
        if not isinstance(getattr(value, field), str | None):
            got = describe(getattr(value, field))
            raise Unexpected(f"a text as {field} of column {name!r}", got)
    for field in ("categories", "missing"):
        for text in require_sequence(getattr(value, field), most=MOST_SPELLINGS):
            if not isinstance(text, str):
                raise Unexpected(f"texts as {field} of column {name!r}", describe(text))
    return replace(value, categories=tuple(value.categories), missing=tuple(value.missing))


def require_features(value: object) -> Sequence[Column]:
    """Return columns that are features known before surgery."""
    columns = require_columns(value)
    for column in columns:
        if column.role != "feature" or column.known != "before":
            expected = "features known before surgery"
            raise Unexpected(expected, f"column {column.name!r} of role {column.role}")
    return columns
