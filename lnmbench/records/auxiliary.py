"""Labels of auxiliary tasks, and the parameters of every task: permutation, share, weight."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lnmbench.records.choice import Choice
from lnmbench.records.column import Label

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHUFFLED = "shuffled"
"""The parameter of any auxiliary task that permutes its labels; its value seeds the permutation."""

KEEP = "keep"
"""The parameter of any auxiliary task with the share of its labels that train the network."""
KEEP_SEED = "keep_seed"
"""The parameter of any auxiliary task that seeds the choice of the labels that it keeps."""
WEIGHT = "weight"
"""The parameter of any auxiliary task that multiplies its loss."""


def is_shuffled(choice: Choice) -> bool:
    """Return whether the labels of an auxiliary task are permuted at random."""
    return str(choice.parameters.get(SHUFFLED, 0)) != "0"


def shuffle(choice: Choice, seed: int) -> Choice:
    """Return the auxiliary task of a choice with its labels permuted by a seed.

    Examples
    --------
    >>> str(shuffle(Choice(name="size", parameters={"unit": "mm"}), 3))
    'size:unit=mm,shuffled=3'
    """
    return replace(choice, parameters={**unshuffle(choice).parameters, SHUFFLED: str(seed)})


def unshuffle(choice: Choice) -> Choice:
    """Return the auxiliary task of a choice without the permutation of its labels."""
    parameters = {name: value for name, value in choice.parameters.items() if name != SHUFFLED}
    return replace(choice, parameters=parameters)


def find_labeled_cases(targets: NDArray[np.float64], kind: Label) -> NDArray[np.bool_]:
    """Return whether the label of each case is known.

    Of a `multilabel`, one known element is enough; labels of other kinds are known as a whole.

    Parameters
    ----------
    targets
        (n, …), NaN if unknown.
    kind
        The kind of the label.

    Returns
    -------
    array
        bool (n,).

    Examples
    --------
    >>> import numpy as np
    >>> targets = np.array([[1.0, np.nan], [np.nan, np.nan]])
    >>> find_labeled_cases(targets, "multilabel").tolist()
    [True, False]
    >>> find_labeled_cases(targets, "binary").tolist()
    [False, False]
    """
    import numpy as np

    unknown = np.isnan(targets).reshape(len(targets), -1)
    missing = unknown.all(axis=1) if kind == "multilabel" else unknown.any(axis=1)
    return np.asarray(~missing)


def strip_task_options(choice: Choice) -> Choice:
    """Return the auxiliary task of a choice without the parameters that every task has.

    Examples
    --------
    >>> str(strip_task_options(Choice(name="size", parameters={"unit": "mm", "keep": 0.5})))
    'size:unit=mm'
    """
    options = (SHUFFLED, KEEP, KEEP_SEED, WEIGHT)
    parameters = {name: v for name, v in choice.parameters.items() if name not in options}
    return replace(choice, parameters=parameters)


def kept_share(choice: Choice) -> float:
    """Return the share of its labels that an auxiliary task keeps."""
    return float(str(choice.parameters.get(KEEP, 1.0)))


def task_weight(choice: Choice) -> float:
    """Return the factor of an auxiliary task's loss."""
    return float(str(choice.parameters.get(WEIGHT, 1.0)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AuxLabels:
    """The labels of an auxiliary task for the n cases of a plan, by which it is scored.

    `values` is (n,) of class numbers or measures, or (n, outputs); NaN for an unknown label, and
    for several possible classes. `known` counts the cases with any label that trains the network.
    The labels of `from_examples` come with the predictions, and `values` has their shape alone.
    """

    task: str
    title: str
    kind: Label
    known: int
    values: NDArray[np.float64]
    from_examples: bool = False

    @property
    def scored(self) -> NDArray[np.bool_]:
        """The cases that are scored, bool (n,): those with a label that is not ambiguous."""
        return find_labeled_cases(self.values, self.kind)
