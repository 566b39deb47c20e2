"""Auxiliary task whose labels, kind and outputs follow from the columns of a cohort."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lnmbench import Cohort, Label, UserError
from lnmbench.records import find_labeled_cases
from lnmbench.text import plural
from lnmbench_tnm.label_heads import LabelHead, OrderedClasses

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor, nn


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabelReading:
    """The labels of a cohort, their head, and notes on their source."""

    head: LabelHead
    targets: NDArray[np.float64]
    notes: tuple[str, ...]


class LabelTask:
    """An auxiliary task with labels from columns.

    Parameters
    ----------
    name
        The task, as the user writes it.
    title
        Description of the label.
    read
        Returns the labels of a cohort.
    head
        The head, if it does not depend on the cohort.
    """

    def __init__(
        self,
        name: str,
        title: str,
        read: Callable[[Cohort], LabelReading],
        head: LabelHead | None = None,
    ) -> None:
        self.name = name
        self.title = title
        self._read = read
        self._head = head

    @property
    def kind(self) -> Label:
        """Kind of the label; known after `targets` if the column decides it."""
        return self._require_head().kind

    @property
    def outputs(self) -> int:
        """Number of logits; known after `targets` if the column decides it."""
        return self._require_head().outputs

    def targets(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return the labels of all cases, NaN if unknown.

        Raises `UserError` for a cohort without the column, and for a label that is the same in all
        cases.
        """
        reading = self._read(cohort)
        self._head = reading.head
        self._refuse_constant(cohort, reading)
        return reading.targets

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return sentences on the column and on the cases without a label."""
        return self._read(cohort).notes

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the loss of every case.

        Parameters
        ----------
        logits, targets
            As in `lnmbench.contracts.AuxTask.loss`.

        Returns
        -------
        Tensor
            (…, n).
        """
        return self._require_head().loss(logits, targets)

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the predictions.

        Parameters
        ----------
        logits
            (…, n, outputs).

        Returns
        -------
        Tensor
            (…, n, outputs).
        """
        return self._require_head().probabilities(logits)

    def head(self, features: int) -> nn.Module | None:
        """Return the layer of ordered classes for so many image features, else None."""
        head = self._require_head()
        return head.layer(features) if isinstance(head, OrderedClasses) else None

    def _require_head(self) -> LabelHead:
        if self._head is None:
            raise ValueError(f"aux task {self.name} takes its kind from a cohort: read targets")
        return self._head

    def _refuse_constant(self, cohort: Cohort, reading: LabelReading) -> None:
        import numpy as np

        rows = reading.targets.reshape(len(reading.targets), -1)
        known = rows[find_labeled_cases(reading.targets, reading.head.kind)]
        varies = (known != known[:1]) & ~(np.isnan(known) & np.isnan(known[:1]))
        if len(known) and not varies.any():
            raise UserError(
                f"the label of aux task {self.name} is the same in all"
                f" {plural(len(known), 'case')} of cohort {cohort.name!r} in which it is known",
                expected="at least two different labels",
                then="choose another --aux, or --aux none",
            )
