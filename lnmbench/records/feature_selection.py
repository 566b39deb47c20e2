"""Selection of the features of wide modalities: method and number, as parameters of a baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from lnmbench.records.choice import Choice

SelectionMethod = Literal["none", "correlation", "mrmr", "lasso"]

SELECT = "select"
"""The parameter of any baseline with the method that selects features of wide modalities."""
SELECT_MOST = "select_most"
"""The parameter of any baseline with the largest number of features of such a modality."""
DEFAULT_MOST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureSelection:
    """A method, and the largest number of features that it leaves of a modality."""

    method: SelectionMethod = "none"
    most: int = DEFAULT_MOST


def feature_selection(choice: Choice) -> FeatureSelection:
    """Return the selection of features of a baseline.

    Examples
    --------
    >>> feature_selection(Choice(name="logistic", parameters={"select": "mrmr"}))
    FeatureSelection(method='mrmr', most=10)
    """
    text = choice.parameters.get(SELECT, "none")
    return FeatureSelection(
        method=next(each for each in get_args(SelectionMethod) if each == text),
        most=int(str(choice.parameters.get(SELECT_MOST, DEFAULT_MOST))),
    )
