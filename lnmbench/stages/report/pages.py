"""The page of a report: the blocks of all sections and of the checks, in order and numbered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import get_args

from lnmbench.contracts import AcrossCohorts, Section, SectionGroup
from lnmbench.errors import UserError
from lnmbench.records import Block, Figure, Page, Paragraph, Results, Table
from lnmbench.registry import Registry
from lnmbench.results import describe_target
from lnmbench.stages.report.checks import check_table, run_checks
from lnmbench.text import plural

GROUPS: tuple[SectionGroup, ...] = get_args(SectionGroup)
BRIEF = GROUPS[: GROUPS.index("checks") + 1]
"""The groups of a brief report."""


def build_page(results: Results, registry: Registry, *, brief: bool = False) -> Page:
    """Return the report of one cohort as a page; methods in figures are chosen at first.

    Parameters
    ----------
    results
        The results of one run, or of several merged ones.
    registry
        The plugins, with sections and checks.
    brief
        Whether to leave out the sections after the checks.
    """
    blocks = tuple(build_blocks(results, registry, brief=brief))
    labels = _labels(results)
    return Page(
        title=f"{describe_target(results)} in {results.cohort.partition(':')[0]}",
        subtitle=(
            f"{plural(results.n, 'case')}, {results.positives} positive; {results.protocol} folds"
        ),
        methods=labels,
        chosen=_drawn_methods(blocks) or tuple(labels),
        blocks=blocks,
        badge="SYNTHETIC" if results.card.synthetic else "",
    )


def build_page_across(cohorts: Sequence[Results], registry: Registry) -> Page:
    """Return the report across several cohorts as one page."""
    labels = _labels(cohorts[0])
    return Page(
        title=f"{describe_target(cohorts[0])} in {plural(len(cohorts), 'cohort')}",
        subtitle=f"{cohorts[0].protocol} folds in each",
        methods=labels,
        chosen=tuple(labels),
        blocks=tuple(build_blocks_across(cohorts, registry)),
        badge="SYNTHETIC" if any(results.card.synthetic for results in cohorts) else "",
    )


def build_blocks(results: Results, registry: Registry, *, brief: bool = False) -> list[Block]:
    """Return the blocks of every section and of the checks, ordered and numbered.

    Parameters
    ----------
    results, registry, brief
        As in `build_page`.
    """
    sections: list[tuple[SectionGroup, Callable[[Results], Iterable[Block]]]] = [
        ("checks", lambda results: _check_blocks(results, registry)),
        *((section.group, section) for section in _sections(registry)),
    ]
    sections.sort(key=lambda pair: GROUPS.index(pair[0]))
    printed = [section for group, section in sections if not brief or group in BRIEF]
    return list(_number(block for section in printed for block in section(results)))


def build_blocks_across(cohorts: Sequence[Results], registry: Registry) -> list[Block]:
    """Return the blocks of every section about several cohorts, ordered and numbered."""
    sections = sorted(_sections(registry), key=lambda section: GROUPS.index(section.group))
    return list(
        _number(
            block
            for section in sections
            if isinstance(section, AcrossCohorts)
            for block in section.across(cohorts)
        )
    )


def _sections(registry: Registry) -> list[Section]:
    """Return every section in the order of registration; `UserError` for an unknown group."""
    sections = []
    for offer in registry.sections.offers():
        section = offer.build()
        if section.group not in GROUPS:
            raise UserError(
                f"section {offer.name} has an unknown group",
                where=str(offer.plugin),
                expected=", ".join(GROUPS),
                got=str(section.group)[:40],
            )
        sections.append(section)
    return sections


def _check_blocks(results: Results, registry: Registry) -> list[Block]:
    table = check_table(run_checks(results, registry))
    return [table] if table is not None else []


def _number(blocks: Iterable[Block]) -> Iterator[Block]:
    numbers = {Table: count(1), Figure: count(1)}
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block
        else:
            number = next(numbers[type(block)])
            yield replace(block, title=f"{type(block).__name__} {number}. {block.title}")


def _labels(results: Results) -> dict[str, str]:
    return {
        result.method.fingerprint: result.method.label
        for result in results.method_results
        if result.complete
    }


def _drawn_methods(blocks: Iterable[Block]) -> tuple[str, ...]:
    """Return the fingerprints of the methods in figures, in the order of drawing."""
    figures = [block for block in blocks if isinstance(block, Figure)]
    panels = [panel for figure in figures for panel in figure.panels]
    methods = [method for panel in panels for mark in panel.marks for method in mark.methods]
    return tuple(dict.fromkeys(methods))
