"""The plan that all methods of a run share: cases, labels and folds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lnmbench.records.card import Card
from lnmbench.records.cohort import Preprocessing
from lnmbench.records.protocol import Protocol, Splits

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """The cases with a known target, their labels and their folds.

    `truth` is (n,) of 0 and 1, in the order of `ids`. `patients` is (n,): the number of each
    case's patient. `notes` say how the labels were made and which cases were left out.
    """

    dataset: str
    fingerprint: str
    card: Card
    preprocessing: Preprocessing
    protocol: Protocol
    ids: tuple[str, ...]
    truth: NDArray[np.float64]
    patients: NDArray[np.int64]
    splits: Splits
    notes: tuple[str, ...] = ()
