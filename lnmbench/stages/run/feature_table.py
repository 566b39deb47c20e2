"""The features of all cases as a table: those of the cohort, and those of images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lnmbench.feature_selection import list_wide, select_columns
from lnmbench.records import Column, FeatureSelection, ModalitySelection, UnitSelections

if TYPE_CHECKING:
    import pandas as pd

NO_SELECTION = FeatureSelection()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FeatureTable:
    """The features of all cases of a plan: columns and a DataFrame (n, features).

    The last `image_columns` columns are features of images, the others those of the cohort.
    """

    columns: tuple[Column, ...]
    frame: pd.DataFrame
    image_columns: int = 0
    selection: FeatureSelection = NO_SELECTION

    @property
    def cohort_columns(self) -> tuple[Column, ...]:
        """The columns of the cohort."""
        return self.columns[: len(self.columns) - self.image_columns]

    def join(self, columns: Sequence[Column], values: NDArray[np.float64]) -> FeatureTable:
        """Return the table with features of images.

        Parameters
        ----------
        columns
            The m columns, with names that the table does not have.
        values
            Their values, (n, m).
        """
        import pandas as pd

        others = pd.DataFrame(values, columns=[column.name for column in columns])
        return replace(
            self,
            columns=(*self.columns, *columns),
            frame=pd.concat([self.frame, others], axis=1),
            image_columns=self.image_columns + len(columns),
        )

    def select(self, labels: NDArray[np.float64], training: NDArray[np.bool_]) -> FeatureTable:
        """Return the table with the features that are selected on the training cases.

        Parameters
        ----------
        labels
            The labels, (n,).
        training
            The training cases, (n,).
        """
        if not list_wide(self.columns, self.selection):
            return self
        values = self.frame.to_numpy(dtype=np.float64)[training]
        selected = select_columns(self.columns, values, labels[training], self.selection)
        first_image = len(self.cohort_columns)
        return replace(
            self,
            columns=tuple(self.columns[i] for i in selected),
            frame=self.frame.iloc[:, selected],
            image_columns=sum(int(i) >= first_image for i in selected),
        )


def describe_selections(
    table: FeatureTable, selected: Sequence[Sequence[Sequence[Column] | None]]
) -> UnitSelections | None:
    """Return the features that the fits of a unit selected, None if they select none.

    Parameters
    ----------
    table
        The features of the cohort.
    selected
        The columns of the model of each fit and outcome; None without a model.
    """
    modalities = []
    for wide in list_wide(table.columns, table.selection):
        candidates = {table.columns[i].name for i in wide}
        modalities.append(
            ModalitySelection(
                modality=table.columns[wide[0]].modality,
                candidates=len(candidates),
                fits=tuple(
                    tuple(_names_among(candidates, columns) for columns in outcomes)
                    for outcomes in selected
                ),
            )
        )
    return UnitSelections(modalities=tuple(modalities)) if modalities else None


def _names_among(candidates: set[str], columns: Sequence[Column] | None) -> tuple[str, ...] | None:
    if columns is None:
        return None
    return tuple(column.name for column in columns if column.name in candidates)
