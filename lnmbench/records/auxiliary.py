"""The labels of an auxiliary task, as the ledger keeps them for its scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lnmbench.records.column import Label

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AuxLabels:
    """What an auxiliary task should have predicted for the n cases of a plan.

    `values` is (n,) numbers of classes, or measures, or (n, outputs) where a case has many; NaN
    where the label is unknown or may be several classes. `known` counts the cases with any label.
    """

    task: str
    title: str
    kind: Label
    known: int
    values: NDArray[np.float64]
