"""Contracts of sections of the report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol, runtime_checkable

from lnmbench.records import Block, Results

SectionGroup = Literal[
    "answer",
    "performance",
    "comparisons",
    "conclusion",
    "checks",
    "secondary",
    "predictions",
    "training",
    "cohort",
    "appendix",
    "provenance",
]
"""Groups of sections of a report, in the order in which they are printed.

A brief report ends with the checks. `secondary`: auxiliary tasks and further metrics;
`predictions`: calibration, operating points, net benefit; `training`: search and learning curves;
`appendix`: cost and complete tables; `provenance`: manifest and citations.
"""


@runtime_checkable
class Section(Protocol):
    """A section of the report.

    A report prints the groups in the order of `SectionGroup`, and the sections of one group in the
    order in which plugins register them.
    """

    @property
    def group(self) -> SectionGroup:
        """The group of sections with which it is printed."""

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return tables, figures, galleries and paragraphs; none if the section does not apply."""


@runtime_checkable
class AcrossCohorts(Protocol):
    """A section with content on several cohorts; optional."""

    def across(self, cohorts: Sequence[Results]) -> Sequence[Block]:
        """Return blocks on several cohorts that were run under the same protocol."""


@runtime_checkable
class OutcomeSection(Protocol):
    """A section on the probabilities of a binary label; optional.

    Of a target with several outcomes, it gets the results of one outcome at a time, as those of a
    binary target, for the outcomes with most cases of the rarer class.
    """

    @property
    def by_outcome(self) -> bool:
        """True if the section is written for single outcomes."""
