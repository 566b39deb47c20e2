"""Columns of a cohort that the user names for a rule or a score."""

from __future__ import annotations

from collections.abc import Sequence

from lnmbench import Column, UserError
from lnmbench.text import join_first, quote

MOST_NAMES = 12


def find_named(features: Sequence[Column], name: str, *, parameter: str, where: str) -> Column:
    """Return the feature with the name that the user gives.

    Parameters
    ----------
    features
        The features of the cohort.
    name
        The name.
    parameter
        The parameter that has the name.
    where
        The method in messages.

    Raises
    ------
    UserError
        For another name, such as that of a column that is known only after surgery.
    """
    column = next((each for each in features if each.name == name), None)
    if column is None:
        names = [quote(each.name) for each in features]
        raise UserError(
            f"no feature {quote(name)} in the cohort",
            where=where,
            expected=join_first(names, MOST_NAMES) or "a column with the role feature",
            then=f"correct {parameter}, or give the column the role feature",
        )
    return column
