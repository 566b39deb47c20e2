"""Limits of parameters of baselines."""

from __future__ import annotations

from lnmbench import UserError

LARGEST_SEED = 2**32 - 1


def require_seed(baseline: str, seed: int) -> None:
    """Raise `UserError` for a seed that random generators do not take."""
    if not 0 <= seed <= LARGEST_SEED:
        raise UserError(
            "wrong value for seed",
            where=f"baseline {baseline}",
            expected=f"0 to {LARGEST_SEED}",
            got=str(seed),
        )


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
