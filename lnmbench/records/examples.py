"""Examples that auxiliary tasks make from the images: bags of encoded slices or places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ImageInputs = Literal["slices", "rotations", "places"]
"""Images that a task learns from: slices, slices turned by 90, 180 and 270 degrees, or places.

A place is a cell of the last feature maps of an encoder.
"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EncodedImages:
    """Encoded images of n cases; a row is a feature vector of the encoder's initial weights.

    Parameters
    ----------
    features
        The feature vectors, float32 (rows, D). The first S rows are the slices.
    offsets
        The rows `offsets[i]:offsets[i + 1]` are the slices of case i, from the lowest to the
        highest; (n + 1,). An encoder of volumes has one row for each case.
    rotations
        The rows of each slice turned counterclockwise by 0, 90, 180 and 270 degrees, (S, 4);
        (S, 0) unless the task asks for rotations.
    places
        The rows of P places of each slice, (S, P); (S, 0) unless the task asks for places. Up to
        half of them are in the tumor mask, the others outside.
    centers
        The centers of the places along y and x, from -1 to 1, (S, P, 2).
    tumor
        The share of each place that is in the tumor mask, 0 to 1, (S, P).
    """

    features: NDArray[np.float32]
    offsets: NDArray[np.int64]
    rotations: NDArray[np.int64]
    places: NDArray[np.int64]
    centers: NDArray[np.float64]
    tumor: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.offsets) - 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Examples:
    """Examples of an auxiliary task: each has a case, bags of rows and a target.

    The network maps each bag, as it maps the slices of a case, to image features. In each step of
    training, one example is drawn for each case; predictions are those of example `i % e` for case
    i with e examples.

    Parameters
    ----------
    case
        The case of each example, (E,).
    rows
        The rows of each bag, -1 after its last one, (E, bags, longest bag).
    targets
        The targets, (E, …), without NaN.
    """

    case: NDArray[np.int64]
    rows: NDArray[np.int64]
    targets: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.case)

    @property
    def bags(self) -> int:
        """The number of bags of an example."""
        return int(self.rows.shape[1])
