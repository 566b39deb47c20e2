"""Units of the variables of scores, converted where the data dictionary states them."""

from __future__ import annotations

from lnmbench import Column, UserError
from lnmbench.text import quote

_SPELLINGS = {
    "year": ("a", "y", "yr", "yrs", "year", "years"),
    "mm": ("mm", "millimeter", "millimeters"),
    "cm": ("cm", "centimeter", "centimeters"),
    "ng/ml": ("ng/ml", "µg/l", "μg/l", "ug/l"),
    "u/ml": ("u/ml", "ku/l", "iu/ml"),
    "pack-year": ("pack-year", "pack-years", "pack years"),
    "%": ("%", "percent"),
    "suv": ("suv", "suvmax", "g/ml"),
}
"""Spellings of one unit, in lower case."""
_FACTORS = {("mm", "cm"): 0.1, ("cm", "mm"): 10.0}


def conversion_factor(column: Column, unit: str, *, where: str) -> float:
    """Return the factor that converts the values of a column to a unit.

    Parameters
    ----------
    column
        The column, with the unit of the data dictionary.
    unit
        The unit that a score needs; empty for a number without one.
    where
        The score in messages.

    Raises
    ------
    UserError
        For a column without a unit, and for one that cannot be converted.

    Examples
    --------
    >>> conversion_factor(Column(name="size", role="feature", unit="cm"), "mm", where="score x")
    10.0
    """
    if not unit:
        return 1.0
    if not column.unit:
        raise UserError(
            f"column {quote(column.name)} has no unit",
            where=where,
            expected=unit,
            then=f'add unit = "{unit}" to its section of the data dictionary, if it is',
        )
    stated, needed = _normalize(column.unit), _normalize(unit)
    if stated == needed:
        return 1.0
    if (stated, needed) not in _FACTORS:
        raise UserError(
            f"column {quote(column.name)} has another unit",
            where=where,
            expected=unit,
            got=column.unit,
            then="convert the column",
        )
    return _FACTORS[stated, needed]


def _normalize(unit: str) -> str:
    text = unit.strip().casefold()
    return next((name for name, spellings in _SPELLINGS.items() if text in spellings), text)
