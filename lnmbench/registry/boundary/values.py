"""Checks of values that plugins return: each returns the value in its type or raises."""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterable, KeysView, Mapping, Sequence, Set, Sized
from typing import Protocol, SupportsFloat, runtime_checkable

from lnmbench.text import clean

_LONGEST_TEXT = 10_000
_MOST_TEXTS = 10_000
_QUOTED = 40
SLACK = 1e-6
"""The largest distance from a bound that counts as rounding."""
SUM_SLACK = 1e-3
"""The largest distance of a sum of probabilities from 1 that counts as rounding."""


@runtime_checkable
class SupportsKeysAndGetItem(Protocol):
    """A mapping, or what has keys like one."""

    def keys(self) -> Iterable[str]:
        """Return the keys."""

    def __getitem__(self, key: str, /) -> object:
        """Return the value of a key."""


class Unexpected(Exception):
    """A value that a contract excludes: the values that it allows, and the one that came."""

    def __init__(self, expected: str, got: str) -> None:
        super().__init__(expected, got)
        self.expected, self.got = expected, got


def describe(value: object) -> str:
    """Return a short description of any value: a number or text itself, else type and shape.

    Examples
    --------
    >>> describe(1.5), describe([1, 2]), describe(None)
    ('1.5', 'list of 2', 'None')
    """
    if value is None or isinstance(value, bool | numbers.Number):
        return repr(value)[:_QUOTED]
    if isinstance(value, str):
        return repr(clean(value)[:_QUOTED])
    kind = type(value).__name__
    shape = getattr(value, "shape", None)
    if shape is not None:
        return f"{kind} of shape {tuple(shape)}"
    return f"{kind} of {len(value)}" if isinstance(value, Sequence | Mapping) else kind


def require_text(value: object) -> str:
    """Return a text on one line."""
    if not isinstance(value, str):
        raise Unexpected("a text", describe(value))
    if not clean(value):
        raise Unexpected("a text", "an empty one")
    if len(value) > _LONGEST_TEXT:
        raise Unexpected(f"at most {_LONGEST_TEXT} characters", str(len(value)))
    return clean(value)


def require_texts(value: object) -> tuple[str, ...]:
    """Return several texts, each on one line."""
    return tuple(require_text(text) for text in require_sequence(value, most=_MOST_TEXTS))


def require_flag(value: object) -> bool:
    """Return True or False."""
    if not isinstance(value, bool) and type(value).__name__ not in ("bool_", "bool"):
        raise Unexpected("True or False", describe(value))
    return bool(value)


def require_count(value: object, *, low: int, high: int) -> int:
    """Return a whole number from `low` to `high`.

    Parameters
    ----------
    value
        Any value.
    low, high
        The smallest and the greatest allowed number.
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise Unexpected(f"a whole number from {low} to {high}", describe(value))
    number = int(value)
    if not low <= number <= high:
        raise Unexpected(f"a whole number from {low} to {high}", str(number)[:_QUOTED])
    return number


def require_number(
    value: object,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    nan: bool = False,
    infinite: bool = False,
) -> float:
    """Return a number from `low` to `high`.

    Parameters
    ----------
    value
        Any value; an array of one number without dimensions is a number.
    low, high
        The smallest and the greatest allowed number.
    nan, infinite
        Whether NaN and infinity are allowed.
    """
    number = _to_float(value)
    allowed = describe_range(low, high, nan=nan, infinite=infinite)
    if number is None:
        raise Unexpected(allowed, describe(value))
    if math.isnan(number) and nan:
        return number
    if not (math.isfinite(number) or infinite) or not low - SLACK <= number <= high + SLACK:
        raise Unexpected(allowed, f"{number:g}")
    return number


def describe_range(low: float, high: float, *, nan: bool, infinite: bool = False) -> str:
    """Return the numbers that are allowed, in words.

    Parameters
    ----------
    low, high
        The smallest and the greatest allowed number.
    nan, infinite
        Whether NaN and infinity are allowed.
    """
    allowed = "a number" if infinite else "a finite number"
    if math.isfinite(low) and math.isfinite(high):
        allowed = f"a number from {low:g} to {high:g}"
    elif math.isfinite(low) or math.isfinite(high):
        allowed += f" of at least {low:g}" if math.isfinite(low) else f" of at most {high:g}"
    return f"{allowed} or NaN" if nan else allowed


def require_interval(value: object) -> tuple[float, float]:
    """Return the two bounds of an interval, which may be infinite."""
    bounds = [_to_float(bound) for bound in require_sequence(value, most=2)]
    low, high = bounds if len(bounds) == 2 else (None, None)
    if low is None or high is None or not low < high:
        shown = ", ".join(map(describe, value)) if isinstance(value, Sequence) else describe(value)
        raise Unexpected("two numbers, the smaller one first", shown[:_QUOTED])
    return low, high


def require_shape(actual: Sequence[int], shape: Sequence[int | None]) -> None:
    """Raise `Unexpected` for an array of another shape.

    Parameters
    ----------
    actual
        The shape of the array.
    shape
        The length of each axis, None for any.
    """
    same = len(actual) == len(shape) and all(
        length in (None, have) for have, length in zip(actual, shape, strict=True)
    )
    if not same:
        axes = ", ".join("…" if length is None else str(length) for length in shape)
        comma = "," if len(shape) == 1 else ""
        raise Unexpected(f"the shape ({axes}{comma})", f"the shape {tuple(actual)}")


def require_option(value: object, options: Sequence[str]) -> str:
    """Return one of several texts."""
    if not isinstance(value, str) or value not in options:
        raise Unexpected(", ".join(options), describe(value))
    return value


def require_sequence(value: object, *, most: int) -> tuple[object, ...]:
    """Return the items of a list, a tuple or another ordered collection that is no text.

    Parameters
    ----------
    value
        Any value.
    most
        The largest possible number of items.
    """
    is_text = isinstance(value, str | bytes | bytearray)
    is_unordered = isinstance(value, Mapping | Set) and not isinstance(value, KeysView)
    if is_text or is_unordered or not (isinstance(value, Sized) and isinstance(value, Iterable)):
        raise Unexpected("a list or tuple", describe(value))
    if len(value) > most:
        raise Unexpected(f"at most {most} items", str(len(value)))
    return tuple(value)


def require_mapping(value: object, *, most: int) -> dict[str, object]:
    """Return a copy of a mapping from texts.

    Parameters
    ----------
    value
        Any value.
    most
        The largest possible number of keys.
    """
    if not isinstance(value, SupportsKeysAndGetItem):
        raise Unexpected("a mapping", describe(value))
    copy = {key: value[key] for key in value.keys()}  # noqa: SIM118  # also a row of pandas
    if len(copy) > most:
        raise Unexpected(f"at most {most} keys", str(len(copy)))
    for key in copy:
        if not isinstance(key, str):
            raise Unexpected("texts as keys", describe(key))
    return copy


def _to_float(value: object) -> float | None:
    """Return any kind of number as a float, None for another value."""
    is_number = isinstance(value, numbers.Real) or getattr(value, "shape", None) == ()
    if isinstance(value, bool) or not is_number or not isinstance(value, SupportsFloat):
        return None
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None
