"""Values of parameters among which a search chooses, as users write them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from lnmbench.errors import UserError
from lnmbench.estimators.classifier import make_unknown_error

MOST_VALUES = 1000


def parse_search(
    search: object, model: Any, subject: str, where: str
) -> dict[str, tuple[object, ...]]:
    """Return the values of each parameter as numbers and texts of Python.

    Parameters
    ----------
    search
        Parameters and their values, as the user passed them.
    model, subject
        The classifier and its name.
    where
        The place of a fault.

    Raises
    ------
    UserError
        For a parameter that the classifier does not have, and a value that has no exact text.
    """
    if not isinstance(search, Mapping):
        raise UserError(
            "wrong value for search",
            where=where,
            expected="parameters and their values, e.g. {'max_depth': [2, 4]}",
            got=f"a {type(search).__name__}",
        )
    known = model.get_params(deep=True)
    for name in search:
        if name not in known:
            raise make_unknown_error(str(name), subject=subject, known=known, where=where)
    return {name: tuple(_parse_values(name, values, where)) for name, values in search.items()}


def _parse_values(name: str, values: object, where: str) -> Iterator[object]:
    listed = [] if isinstance(values, str) or not hasattr(values, "__iter__") else list(values)
    if not 0 < len(listed) <= MOST_VALUES:
        raise UserError(
            f"wrong values for {name}",
            where=where,
            expected=f"a list of 1 to {MOST_VALUES} values",
            got=repr(values)[:40],
        )
    for value in listed:
        plain = value.item() if hasattr(value, "item") and hasattr(value, "dtype") else value
        if not _is_printable(plain):
            raise UserError(
                f"wrong value for {name}",
                where=where,
                expected="numbers, texts, True, False, None or lists of them",
                got=repr(value)[:40],
            )
        yield plain


def _is_printable(value: object) -> bool:
    """Return whether a value's text tells it from others, in every process."""
    if isinstance(value, list | tuple):
        return all(map(_is_printable, value))
    is_number = isinstance(value, int | float) and math.isfinite(value)
    return is_number or value is None or isinstance(value, str)
