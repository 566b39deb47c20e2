"""An outer fold while its candidates are tried: only the models that lead are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lnmbench.errors import UserError
from lnmbench.records import Candidate, Epoch, Trial, UnitResult
from lnmbench.stages.run.chunk import Chunk, Fit, unit_result
from lnmbench.stages.run.search.best_candidate import leader, with_choice

if TYPE_CHECKING:
    from lnmbench.nets.fits import FitEpoch, FitResults


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Models:
    """A candidate's inner fits: `probabilities` maps a task to (fits, n, outputs)."""

    probabilities: Mapping[str, NDArray[np.float64]]
    history: tuple[Epoch, ...]


@dataclass(slots=True, kw_only=True, eq=False)
class OuterFold:
    """The inner fits of a unit, the candidates that were tried on them, and the leader's models.

    `epochs` counts those of all candidates.
    """

    fits: tuple[Fit, ...]
    tried: list[Trial] = field(default_factory=list)
    models: Models | None = None
    epochs: int = 0

    def take_in(
        self,
        candidate: Candidate,
        made: FitResults,
        rows: Sequence[int],
        history: Mapping[int, Sequence[FitEpoch]],
        tasks: Sequence[str],
    ) -> None:
        """Take in a candidate's fits: the `rows` of `made`, one for each inner fold.

        `history` has the epochs of each row. `tasks` are the method's names for its tasks, the
        target's first: a candidate that changes a task's parameters calls it otherwise.
        """
        losses = tuple(made.best_loss[list(rows)].tolist())
        tried = Trial(candidate=candidate.number, settings=candidate.settings, losses=losses)
        self.tried.append(tried)
        self.epochs += int(made.epochs[list(rows)].sum())
        if leader(self.tried) is tried:
            found = zip(tasks, made.probabilities.values(), strict=True)
            self.models = Models(
                probabilities={task: values[list(rows)] for task, values in found},
                history=tuple(
                    Epoch(
                        inner=fit.inner,
                        epoch=epoch.epoch,
                        training_loss=epoch.training_loss,
                        validation_loss=epoch.validation_loss,
                    )
                    for fit, row in zip(self.fits, rows, strict=True)
                    for epoch in history[row]
                ),
            )

    def result(self, chunk: Chunk, notes: tuple[str, ...]) -> UnitResult:
        """Return the result of the unit. Raises `UserError` where every candidate diverged."""
        assert self.models is not None
        best = leader(self.tried)
        lost = int(np.isinf(best.losses).sum())
        if lost:
            several = f", with each of {len(self.tried)} settings" if len(self.tried) > 1 else ""
            raise UserError(
                f"{lost} of {len(self.fits)} fits diverged in their first epoch{several}",
                where=f"{chunk.method.label}, repeat {chunk.repeat}, fold {self.fits[0].fold}",
                expected="a finite validation loss",
                then="lower the learning rate",
            )
        return unit_result(
            chunk,
            self.fits,
            self.models.probabilities,
            fits=len(self.fits) * len(self.tried),
            epochs=self.epochs,
            search=with_choice(self.tried),
            history=self.models.history,
            notes=notes,
        )


def outer_folds(planned: Sequence[Fit]) -> list[OuterFold]:
    """Return the outer folds of a repeat's fits, in their order."""
    units: dict[int, list[Fit]] = {}
    for fit in planned:
        units.setdefault(fit.fold, []).append(fit)
    return [OuterFold(fits=tuple(own)) for own in units.values()]
