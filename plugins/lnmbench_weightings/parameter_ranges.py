"""Ranges of the parameters of weightings."""

from __future__ import annotations

import math

from lnmbench import UserError


def require_valid(value: float, *, weighting: str, name: str, valid: bool, expected: str) -> float:
    """Return the value of a parameter.

    Parameters
    ----------
    value
        The value.
    weighting, name
        The weighting and its parameter, for the message.
    valid
        Whether a finite value is in the range.
    expected
        The range in words.

    Raises
    ------
    UserError
        If the value is not in the range, or not finite.
    """
    if not (math.isfinite(value) and valid):
        raise UserError(
            f"wrong value for {name}",
            where=f"weighting {weighting}",
            expected=expected,
            got=str(value),
        )
    return value
