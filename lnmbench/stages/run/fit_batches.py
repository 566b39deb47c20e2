"""Batches of fits that train at the same time, of predictions that fit into memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lnmbench.records import Candidate
from lnmbench.stages.plan import CandidateGroup
from lnmbench.stages.run.outer_fold import OuterFold

if TYPE_CHECKING:
    from lnmbench.nets.fits import Fits

_NUMBER_BYTES = 8
PERMUTED_BYTES = 128_000_000
"""Bytes of predictions with permuted inputs that fits trained at the same time may return."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BatchMember:
    """A candidate on an outer fold; `rows` are its fits among those of all in a batch."""

    candidate: Candidate
    unit: OuterFold
    rows: range


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Batch:
    """Candidates and outer folds whose fits are trained at the same time.

    `fits` are those of one candidate, unit after unit.
    """

    group: CandidateGroup
    units: Sequence[OuterFold]
    fits: Fits

    def list_members(self) -> list[BatchMember]:
        """Return the outer folds of each candidate in turn, without those that dropped it."""
        members, row = [], 0
        for candidate in self.group.candidates:
            for unit in self.units:
                rows = range(row, row + len(unit.fits))
                row = rows.stop
                if unit.keeps(candidate):
                    members.append(BatchMember(candidate=candidate, unit=unit, rows=rows))
        return members


def split_into_batches(
    units: Sequence[OuterFold], fits: Fits, groups: Sequence[CandidateGroup], outcomes: int = 1
) -> list[Batch]:
    """Return the candidates of each group and all units; fewer where memory would not suffice.

    The predictions with permuted inputs of all candidates would take gigabytes, and only those of
    the best are needed.

    Parameters
    ----------
    units
        The outer folds of the repeat.
    fits
        Their fits, unit after unit.
    groups
        The groups of candidates.
    outcomes
        The number of outcomes of the target.
    """
    candidate_bytes = _permuted_bytes(fits, outcomes)
    most = max(1, PERMUTED_BYTES // max(1, candidate_bytes))
    units_a_batch = max(1, len(units) * PERMUTED_BYTES // max(PERMUTED_BYTES, candidate_bytes))
    batches = []
    for group in groups:
        for first in range(0, len(group.candidates), most):
            part = replace(group, candidates=group.candidates[first : first + most])
            for start in range(0, len(units), units_a_batch):
                members = units[start : start + units_a_batch]
                before = sum(len(unit.fits) for unit in units[:start])
                rows = range(before, before + sum(len(unit.fits) for unit in members))
                batches.append(Batch(group=part, units=members, fits=fits.select(rows)))
    return batches


def _permuted_bytes(fits: Fits, outcomes: int) -> int:
    """Return the bytes of the predictions of fits with permuted inputs, and of the permutations."""
    permutations = fits.permutations
    if permutations is None:
        return 0
    count, rows, cases = permutations.sources.shape
    numbers = len(permutations.inputs) * permutations.width * outcomes + cases
    return _NUMBER_BYTES * count * rows * numbers
