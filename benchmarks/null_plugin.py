"""Null cohorts and equally good methods on them: a plugin for `calibration.py`.

    lnmbench run --plugin benchmarks/null_plugin.py --dataset null:n=200,seed=3 --only \\
        --baseline half:which=a --baseline half:which=b
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from lnmbench import Card, Case, Cohort, Column, UserError, hookimpl
from lnmbench.contracts import AuxTask, Baseline, Dataset

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

_CARD = Card(
    title="null cohort",
    license="none",
    source="drawn by benchmarks/null_plugin.py",
    citation="none",
    labels="drawn from a logistic model of all features",
    synthetic=True,
)
_MISSING = 0.03


class Null:
    """A clinical table of independent features with equal effects.

    The log odds of the target are `intercept` + `strength` times the sum of all features, each
    standard normal: both methods see `core` of them, and each of a and b sees `half` others.
    Three percent of the values are missing. Ids contain the seed, so folds and coins differ between
    cohorts.
    """

    def __init__(
        self,
        n: int = 200,
        core: int = 0,
        half: int = 4,
        strength: float = 0.55,
        intercept: float = -1.2,
        seed: int = 0,
    ) -> None:
        if n < 1 or core < 0 or half < 0 or core + half < 1 or seed < 0:
            raise UserError(
                "data set null",
                expected="n of 1 or more, at least one feature, and no negative number",
                got=f"n={n}, core={core}, half={half}, seed={seed}",
            )
        self._n, self._seed = n, seed
        self._strength, self._intercept = strength, intercept
        self._names = [f"core_{i}" for i in range(core)]
        self._names += [f"{name}_{i}" for name in "ab" for i in range(half)]
        self.columns: Sequence[Column] = (
            *(Column(name=name, role="feature") for name in self._names),
            Column(name="n2", role="target", kind="binary", label="n2", categories=("0", "1")),
        )
        self.card = _CARD
        self.sources: Sequence[Path] = ()
        self.notes: Sequence[str] = ()

    def cases(self) -> Iterator[Case]:
        """Yield the patients, the same ones for the same seed."""
        random = np.random.default_rng(self._seed)
        x = random.standard_normal((self._n, len(self._names)))
        odds = np.exp(self._intercept + self._strength * x.sum(axis=1))
        positive = random.random(self._n) < odds / (1.0 + odds)
        missing = random.random(x.shape) < _MISSING
        for i in range(self._n):
            cells: dict[str, object] = {
                name: None if missing[i, j] else float(x[i, j])
                for j, name in enumerate(self._names)
            }
            cells["n2"] = str(int(positive[i]))
            yield Case(id=f"{self._seed}-{i}", values=cells)


class Half:
    """The baseline logistic on the core and one half of the other features.

    `c` is its inverse strength of regularization; with None, the inner folds choose it.
    """

    def __init__(self, which: Literal["a", "b"], c: float | None = None) -> None:
        from lnmbench_baselines.logistic import logistic

        if c is not None and c <= 0.0:
            raise UserError("baseline half", expected="c above 0, or none", got=str(c))
        self._which, self._c, self._logistic = which, c, logistic()

    def estimator(self, columns: Sequence[Column]) -> Any:
        """Return the pipeline of `logistic` for the columns of this half."""
        visible = [c for c in columns if c.name.startswith(("core_", f"{self._which}_"))]
        return self._logistic.estimator(visible)

    def candidates(self) -> Sequence[Mapping[str, object]]:
        """Return those of `logistic`, or only `c`."""
        return self._logistic.candidates() if self._c is None else [{"C": self._c}]


class Coin:
    """An uninformative auxiliary task: the label of each case is the toss of a fair coin."""

    title = "toss of a coin"
    kind: Literal["binary"] = "binary"
    outputs = 1

    def __init__(self, seed: int = 1) -> None:
        self._seed = seed

    def targets(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return (n,) of 0 and 1, which depend only on the seed and the ids of the cases."""
        tosses = (hashlib.sha256(f"{self._seed}|{id_}".encode()).digest() for id_ in cohort.ids)
        return np.array([toss[0] % 2 for toss in tosses], dtype=np.float64)

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return no note."""
        return ()

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the binary cross-entropy of each case, (…, n) for logits (…, n, 1)."""
        from torch.nn.functional import binary_cross_entropy_with_logits

        value = logits[..., 0]
        return binary_cross_entropy_with_logits(value, targets.expand_as(value), reduction="none")

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the probability of heads, (…, n, 1)."""
        return logits.sigmoid()


@hookimpl
def register_datasets() -> Mapping[str, Callable[..., Dataset]]:
    """Offer null cohorts."""
    return {"null": Null}


@hookimpl
def register_baselines() -> Mapping[str, Callable[..., Baseline]]:
    """Offer logistic regression on half of the features."""
    return {"half": Half}


@hookimpl
def register_aux_tasks() -> Mapping[str, Callable[..., AuxTask]]:
    """Offer a task without information."""
    return {"coin": Coin}
