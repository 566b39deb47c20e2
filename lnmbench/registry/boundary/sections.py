"""Sections of the report behind the boundary."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import cast, get_args

from lnmbench.contracts import AcrossCohorts, OutcomeSection, Section, SectionGroup
from lnmbench.records import Block, Results
from lnmbench.registry.boundary.blocks import require_blocks
from lnmbench.registry.boundary.calls import Boundary
from lnmbench.registry.boundary.values import require_flag, require_option

GROUPS: tuple[SectionGroup, ...] = get_args(SectionGroup)


class GuardedSection:
    """A section of a plugin, whose blocks can be rendered.

    Parameters
    ----------
    section
        The plugin's object.
    boundary
        Its boundary.
    """

    def __init__(self, section: Section, boundary: Boundary) -> None:
        self._section, self._boundary = section, boundary

    @cached_property
    def group(self) -> SectionGroup:
        """The group of sections with which it is printed."""
        return self._boundary.read("group", _require_group, self._section)

    @cached_property
    def by_outcome(self) -> bool:
        """True if the section is written for single outcomes of a target with several."""
        if not isinstance(self._section, OutcomeSection):
            return False
        return self._boundary.read("by_outcome", require_flag, self._section)

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return tables, figures, galleries and paragraphs; none if the section does not apply."""
        return self._boundary.call("__call__", require_blocks, self._section, results)


class GuardedSectionAcross(GuardedSection):
    """A section of a plugin with content on several cohorts."""

    def across(self, cohorts: Sequence[Results]) -> Sequence[Block]:
        """Return blocks on several cohorts that were run under the same protocol."""
        section = cast("AcrossCohorts", self._section)
        return self._boundary.call("across", require_blocks, section.across, tuple(cohorts))


def guard_section(section: Section, boundary: Boundary) -> Section:
    """Return a plugin's section behind its boundary."""
    if isinstance(section, AcrossCohorts):
        return GuardedSectionAcross(section, boundary)
    return GuardedSection(section, boundary)


def _require_group(value: object) -> SectionGroup:
    return cast("SectionGroup", require_option(value, GROUPS))
