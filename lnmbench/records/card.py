"""What a data set is: where it comes from, and what its labels mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The description that goes with a cohort into its file, its ledger and its report.

    `truth` holds known facts of a synthetic cohort (names of quantities to numbers); it is empty
    for real data. `synthetic` marks every table made from the cohort.
    """

    title: str
    license: str
    source: str
    citation: str
    labels: str
    notes: tuple[str, ...] = ()
    synthetic: bool = False
    truth: Mapping[str, float] = field(default_factory=dict)
