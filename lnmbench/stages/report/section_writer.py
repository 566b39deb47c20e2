"""Blocks of the sections of a report; a section that fails is shown as failed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from lnmbench.contracts import AcrossCohorts, OutcomeSection, SectionGroup
from lnmbench.errors import PluginError
from lnmbench.records import Block, Paragraph, PluginFault, Results
from lnmbench.redaction import redact_paths
from lnmbench.registry import Registry
from lnmbench.results import join_and

Content = TypeVar("Content")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BuiltSection:
    """A section by name; `write_across` is None if it has nothing on several cohorts.

    With `by_outcome`, it is written for single outcomes of a target with several.
    """

    name: str
    group: SectionGroup
    write: Callable[[Results], Sequence[Block]]
    write_across: Callable[[Sequence[Results]], Sequence[Block]] | None
    by_outcome: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SectionWriter:
    """The blocks written so far, and lines on what failed.

    `unplaced` are the faults of sections that cannot be built, whose group is unknown.
    """

    blocks: list[Block] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    unplaced: list[PluginFault] = field(default_factory=list)

    def build_sections(self, registry: Registry) -> list[BuiltSection]:
        """Return the sections that can be built, in the order of registration."""
        sections = []
        for offer in registry.sections.offers():
            try:
                section = offer.build()
                group = section.group
                by_outcome = isinstance(section, OutcomeSection) and section.by_outcome
            except PluginError as error:
                message = redact_paths(str(error))
                fault = PluginFault(role="section", name=offer.name, message=message)
                self.unplaced.append(fault)
                continue
            across = section.across if isinstance(section, AcrossCohorts) else None
            sections.append(
                BuiltSection(
                    name=offer.name,
                    group=group,
                    write=section,
                    write_across=across,
                    by_outcome=by_outcome,
                )
            )
        return sections

    def add(self, name: str, write: Callable[[Content], Sequence[Block]], content: Content) -> None:
        """Add the blocks of a section, or a paragraph that says how it failed.

        Parameters
        ----------
        name
            The name of the section.
        write
            Returns its blocks.
        content
            The results that it is about.
        """
        try:
            self.blocks.extend(write(content))
        except PluginError as error:
            self._add_failure(name, error)

    def add_outcomes(self, section: BuiltSection, outcomes: Mapping[str, Results]) -> None:
        """Add the blocks of a section for each of some outcomes, whose name is in the titles.

        A note that stands under the blocks of one outcome is not repeated under those of the next.
        """
        notes: set[tuple[str, str]] = set()
        for number, (name, results) in enumerate(outcomes.items(), start=1):
            first = len(self.blocks)
            self.add(section.name, section.write, results)
            for index, block in enumerate(self.blocks[first:], start=first):
                key, title = f"{block.key}_outcome{number}", f"{block.title}: {name}"
                if isinstance(block, Paragraph):
                    self.blocks[index] = replace(block, key=key, title=title)
                else:
                    new = tuple(note for note in block.notes if (block.key, note) not in notes)
                    notes |= {(block.key, note) for note in block.notes}
                    self.blocks[index] = replace(block, key=key, title=title, notes=new)

    def add_faults(self, faults: Sequence[PluginFault]) -> None:
        """Add a paragraph on metrics, comparisons and unplaced sections that failed, if any did."""
        lines = tuple(fault.message for fault in (*faults, *self.unplaced))
        if lines:
            self.blocks.append(Paragraph(key="faults", title="Failed, left out", lines=lines))
            self.faults.extend(lines)

    def _add_failure(self, name: str, error: PluginError) -> None:
        line = redact_paths(str(error))
        title = f"Section {name} failed"
        self.blocks.append(Paragraph(key=f"failed-{name}", title=title, lines=(line,)))
        self.faults.append(line)


def describe_withheld_answer(results: Results) -> str:
    """Return why the results have no answer: what it rests on failed; "" if nothing did."""
    failed = [
        f"{fault.role} {fault.name}"
        for fault in results.faults
        if (fault.role == "metric" and fault.name in results.primary_metrics)
        or (fault.role == "comparison" and not results.primary)
    ]
    return f"Not given: the primary {join_and(failed)} failed." if failed else ""
