"""Outer folds during the search: trials of all candidates, models of the best one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lnmbench.errors import UserError
from lnmbench.records import Candidate, Epoch, PermutedPredictions, Trial, UnitResult
from lnmbench.stages.run.chunk import Fit, NetworkChunk, unit_result
from lnmbench.stages.run.permutations import MethodInput

if TYPE_CHECKING:
    from lnmbench.nets.fit_results import FitEpoch, FitResults


def best_trial(trials: Sequence[Trial]) -> Trial:
    """Return the trial with the lowest mean loss; of equal ones that of the lowest number.

    A candidate with a fit that diverged has an infinite loss and loses to all others but those that
    were dropped.
    """
    return min(trials, key=lambda trial: (trial.loss, trial.is_dropped, trial.candidate))


def mark_best(trials: Sequence[Trial]) -> tuple[Trial, ...]:
    """Return the trials by the candidates' numbers, with the chosen one marked."""
    best = best_trial(trials)
    ordered = sorted(trials, key=lambda trial: trial.candidate)
    return tuple(replace(trial, chosen=trial is best) for trial in ordered)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Models:
    """A candidate's inner fits: `probabilities` maps a task to (fits, n, outputs).

    `permuted` are the means over the fits of those with permuted inputs, (inputs, P, t, m) for t
    test cases.
    """

    probabilities: Mapping[str, NDArray[np.float64]]
    history: tuple[Epoch, ...]
    permuted: NDArray[np.float64] | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class OuterFold:
    """The inner fits of a unit, the trials of its candidates, and the best candidate's models.

    `models` has one entry, by the candidate's number. `epochs` counts those of all candidates.
    """

    fits: tuple[Fit, ...]
    trials: list[Trial] = field(default_factory=list)
    models: dict[int, Models] = field(default_factory=dict)
    epochs: int = 0

    def drop_candidates(self, losses: Mapping[int, float], candidates: Sequence[Candidate]) -> None:
        """Add the trials of the half of the candidates with the higher losses: they are dropped.

        Parameters
        ----------
        losses
            The mean loss of each candidate after the first epochs, by its number.
        candidates
            The candidates.
        """
        ranked = sorted(candidates, key=lambda each: (losses[each.number], each.number))
        for candidate in ranked[len(ranked) - len(ranked) // 2 :]:
            trial = Trial(candidate=candidate.number, settings=candidate.settings, losses=())
            self.trials.append(trial)

    def keeps(self, candidate: Candidate) -> bool:
        """Return whether a candidate has no trial that dropped it."""
        dropped = {trial.candidate for trial in self.trials if trial.is_dropped}
        return candidate.number not in dropped

    def add_trial(
        self,
        candidate: Candidate,
        results: FitResults,
        rows: Sequence[int],
        history: Mapping[int, Sequence[FitEpoch]],
        tasks: Sequence[str],
    ) -> None:
        """Add the fits of a candidate.

        Parameters
        ----------
        candidate
            The candidate that was trained.
        results
            The results of its stack.
        rows
            The rows of `results` that belong to this outer fold, one for each inner fold.
        history
            The epochs of each row.
        tasks
            The method's names for its tasks, the target's first. A candidate that changes a
            task's parameters has another name for it.
        """
        losses = tuple(results.best_loss[list(rows)].tolist())
        trial = Trial(candidate=candidate.number, settings=candidate.settings, losses=losses)
        self.trials.append(trial)
        self.epochs += int(results.epochs[list(rows)].sum())
        if best_trial(self.trials) is trial:
            by_task = zip(tasks, results.probabilities.values(), strict=True)
            models = Models(
                probabilities={task: values[list(rows)] for task, values in by_task},
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
                permuted=self._average(results.permuted, rows),
            )
            self.models = {candidate.number: models}

    def result(
        self, chunk: NetworkChunk, notes: tuple[str, ...], inputs: Sequence[MethodInput] = ()
    ) -> UnitResult:
        """Return the result of the unit.

        Parameters
        ----------
        chunk
            The network and the repeat.
        notes
            Notes for the user.
        inputs
            The inputs that were permuted.

        Raises
        ------
        UserError
            If every candidate diverged.
        """
        best = best_trial(self.trials)
        diverged = int(np.isinf(best.losses).sum())
        if diverged:
            tried = f", with each of {len(self.trials)} settings" if len(self.trials) > 1 else ""
            raise UserError(
                f"{diverged} of {len(self.fits)} fits diverged in their first epoch{tried}",
                where=f"{chunk.method.label}, repeat {chunk.repeat}, fold {self.fits[0].fold}",
                expected="a finite validation loss",
                then="lower the learning rate",
            )
        models = self.models[best.candidate]
        ensemble = unit_result(
            chunk,
            self.fits,
            models.probabilities,
            fits=len(self.fits) * len(self.trials),
            epochs=self.epochs,
            search=mark_best(self.trials),
        )
        permuted = self._permuted(models, inputs)
        return replace(ensemble, history=models.history, notes=notes, permuted=permuted)

    def _permuted(
        self, models: Models, inputs: Sequence[MethodInput]
    ) -> tuple[PermutedPredictions, ...]:
        """Return the predictions with permuted inputs, by the input."""
        if models.permuted is None:
            return ()
        return tuple(
            PermutedPredictions(kind=each.kind, name=each.name, values=values)
            for each, values in zip(inputs, models.permuted, strict=True)
        )

    def _average(
        self, permuted: NDArray[np.float64] | None, rows: Sequence[int]
    ) -> NDArray[np.float64] | None:
        """Return the means over the rows of the fits, of an array (K, inputs, P, T, m)."""
        if permuted is None:
            return None
        cases = int(self.fits[0].test.sum())
        means: NDArray[np.float64] = permuted[list(rows), :, :, :cases].mean(axis=0)
        return means


def split_by_fold(fits: Sequence[Fit]) -> list[OuterFold]:
    """Return the outer folds of a repeat's fits, in their order."""
    by_fold: dict[int, list[Fit]] = {}
    for fit in fits:
        by_fold.setdefault(fit.fold, []).append(fit)
    return [OuterFold(fits=tuple(members)) for members in by_fold.values()]
