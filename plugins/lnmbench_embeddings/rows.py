"""Rows of features: one for each case or slice, with the id of its case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lnmbench import UserError
from lnmbench.text import plural

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_NUMBERS = 1 << 31
"""The largest number of features of all rows: 8 GB."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FeatureRows:
    """Features (rows, D) with the case of each row, and the number of its slice if it has one."""

    ids: tuple[str, ...]
    features: NDArray[np.float32]
    slices: NDArray[np.float64] | None = None


def arrange_rows(rows: FeatureRows, name: str, *, numbered: bool) -> FeatureRows:
    """Return the rows, those of each case in ascending order of its slices.

    Parameters
    ----------
    rows
        The rows as they are in the file.
    name
        The name of the file, for messages.
    numbered
        Whether the rows may have numbers of slices.

    Raises
    ------
    UserError
        For empty ids, features that are not finite, and numbers of slices that are no order.
    """
    import numpy as np

    if not rows.ids or not rows.features.shape[1]:
        raise UserError(f"{name} has no features")
    empty = sum(not id_ for id_ in rows.ids)
    if empty:
        raise UserError(f"{plural(empty, 'row')} of {name} without an id")
    wrong = int((~np.isfinite(rows.features)).any(axis=1).sum())
    if wrong:
        raise UserError(
            f"features of {wrong} of {plural(len(rows.ids), 'row')} of {name} are not numbers",
            expected="a finite number for each feature",
            then="remove these rows, or compute them again",
        )
    if rows.slices is None:
        return rows
    if not numbered:
        raise UserError(f"{name} has numbers of slices", then="add level=slice")
    return _sort_slices(rows, rows.slices, name)


def read_numbers(values: object, name: str) -> NDArray[np.float32]:
    """Return features (rows, D) of any kind of real numbers, or raise `UserError`.

    Parameters
    ----------
    values
        An array.
    name
        The file with the name of the array, for messages.
    """
    import numpy as np

    array = np.asarray(values)
    if array.dtype.kind not in "iuf" or array.ndim != 2:
        raise UserError(
            f"wrong features in {name}",
            expected="numbers of shape (rows, features)",
            got=f"{array.dtype} of shape {array.shape}",
        )
    require_size(array.shape, name)
    with np.errstate(over="ignore"):  # too large numbers become infinite, and are refused
        return np.ascontiguousarray(array, dtype=np.float32)


def require_size(shape: Sequence[int], name: str) -> None:
    """Raise `UserError` for more numbers than fit into memory."""
    import numpy as np

    if int(np.prod(shape, dtype=object)) > MOST_NUMBERS:
        sides = " × ".join(map(str, shape))
        raise UserError(f"too many features in {name}", expected="at most 8 GB", got=sides)


def _sort_slices(rows: FeatureRows, slices: NDArray[np.float64], name: str) -> FeatureRows:
    import numpy as np

    if slices.shape != (len(rows.ids),) or not np.isfinite(slices).all():
        raise UserError(
            f"wrong numbers of slices in {name}", expected="a number for each row, feet to head"
        )
    cases: dict[str, int] = {}
    case = np.array([cases.setdefault(id_, len(cases)) for id_ in rows.ids])
    order = np.lexsort((slices, case))
    same = (np.diff(case[order]) == 0) & (np.diff(slices[order]) == 0)
    if same.any():
        number = len(np.unique(case[order][1:][same]))
        raise UserError(
            f"{plural(number, 'case')} of {name} with two rows of one slice",
            expected="one row for each slice",
        )
    ids = tuple(rows.ids[row] for row in order.tolist())
    return FeatureRows(ids=ids, features=rows.features[order], slices=slices[order])
