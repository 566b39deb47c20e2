"""Shares as parameters: what they may be, and how titles print them."""

from __future__ import annotations

from lnmbench import UserError


def printed(share: float) -> str:
    """Return a share as journals print it, with two digits or as many as it has.

    Examples
    --------
    >>> printed(0.9), printed(0.925), printed(1.0), printed(0.0)
    ('.90', '.925', '1.00', '.00')
    """
    digits = next((d for d in range(2, 7) if round(share, d) == share), 6)
    text = f"{share:.{digits}f}"
    return text[1:] if text.startswith("0") else text


def wanted_share(value: float, *, metric: str, parameter: str) -> float:
    """Return a share that a threshold is to reach. Raises `UserError` if there can be none."""
    if not 0.0 < value <= 1.0:
        raise UserError(
            f"metric {metric} has a wrong {parameter}",
            expected="above 0 and at most 1",
            got=str(value),
        )
    return value
