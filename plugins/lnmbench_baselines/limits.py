"""Limits of parameters of baselines."""

from __future__ import annotations

from lnmbench import UserError


def require_positive(baseline: str, **parameters: int) -> None:
    """Raise `UserError` for a parameter that is not 1 or more."""
    for name, value in parameters.items():
        if value < 1:
            raise UserError(
                f"wrong value for {name}",
                where=f"baseline {baseline}",
                expected="1 or more",
                got=str(value),
            )
