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


@dataclass(frozen=True, slots=True, kw_only=True)
class ModalitySelection:
    """The features of a modality that the inner fits of a unit selected.

    `candidates` is the number of features to select from. `fits` has the names of the selected
    features of each fit and outcome; None where an outcome has one class, so that nothing is
    fitted.
    """

    modality: str
    candidates: int
    fits: tuple[tuple[tuple[str, ...] | None, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSelections:
    """The features that the inner fits of a unit selected, of each modality with a selection."""

    modalities: tuple[ModalitySelection, ...]


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
