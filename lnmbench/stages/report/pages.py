"""The page of a report: the blocks of all sections and of the checks, in order and numbered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import get_args

from lnmbench.contracts import SectionGroup
from lnmbench.records import (
    Block,
    Figure,
    Gallery,
    MethodResult,
    Page,
    Paragraph,
    Results,
    Table,
    freeze,
)
from lnmbench.registry import Registry
from lnmbench.results import (
    complete_methods,
    describe_errors,
    describe_target,
    for_outcome,
    outcome_names,
)
from lnmbench.stages.report.checks import check_table, run_checks
from lnmbench.stages.report.section_writer import SectionWriter, describe_withheld_answer
from lnmbench.stages.report.thumbnail_reader import open_thumbnails
from lnmbench.text import plural

GROUPS: tuple[SectionGroup, ...] = get_args(SectionGroup)
BRIEF = GROUPS[: GROUPS.index("checks") + 1]
"""The groups of a brief report."""
MOST_OUTCOMES = 3
"""Outcomes of a target whose probabilities are assessed one by one."""
ANSWERS: tuple[SectionGroup, ...] = ("answer", "comparisons", "conclusion")
"""The groups that rest on the primary metrics and the primary comparison."""


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
    writer = _write_sections(results, registry, brief=brief)
    blocks = tuple(number_blocks(writer.blocks))
    labels = _labels(results)
    return Page(
        title=f"{describe_target(results)} in {results.cohort.partition(':')[0]}",
        subtitle=(
            f"{plural(results.n, 'case')}, {results.positives} positive; {results.protocol} folds"
        ),
        methods=labels,
        chosen=_chosen_methods(blocks, results) or tuple(labels),
        blocks=blocks,
        badge="SYNTHETIC" if results.card.synthetic else "",
        faults=tuple(writer.faults),
        controls=_controls(results),
    )


def build_page_with_thumbnails(results: Results, registry: Registry, home: Path) -> Page:
    """Return the report of one cohort as a page with images of its cases.

    Parameters
    ----------
    results
        The results of one run, or of several merged ones.
    registry
        The plugins, with sections and checks.
    home
        The folder of cohorts.

    Raises
    ------
    UserError
        If the cohort file is missing or damaged, or the cohort has no images.
    """
    reader = open_thumbnails(results, home)
    page = build_page(replace(results, thumbnails=reader.thumbnails), registry)
    reader.require_undamaged()
    return page


def build_page_across(cohorts: Sequence[Results], registry: Registry) -> Page:
    """Return the report across several cohorts as one page."""
    writer = _write_sections_across(cohorts, registry)
    labels = _labels(cohorts[0])
    return Page(
        title=f"{describe_target(cohorts[0])} in {plural(len(cohorts), 'cohort')}",
        subtitle=f"{cohorts[0].protocol} folds in each",
        methods=labels,
        chosen=tuple(labels),
        blocks=tuple(number_blocks(writer.blocks)),
        badge="SYNTHETIC" if any(results.card.synthetic for results in cohorts) else "",
        faults=tuple(writer.faults),
        controls=_controls(cohorts[0]),
    )


def build_blocks(results: Results, registry: Registry, *, brief: bool = False) -> list[Block]:
    """Return the blocks of every section and of the checks, ordered and numbered.

    Parameters
    ----------
    results, registry, brief
        As in `build_page`.
    """
    return list(number_blocks(_write_sections(results, registry, brief=brief).blocks))


def build_blocks_across(cohorts: Sequence[Results], registry: Registry) -> list[Block]:
    """Return the blocks of every section about several cohorts, ordered and numbered."""
    return list(number_blocks(_write_sections_across(cohorts, registry).blocks))


def _write_sections(results: Results, registry: Registry, *, brief: bool) -> SectionWriter:
    """Return the blocks of every section; without an answer if what it rests on has failed."""
    check_results = run_checks(results, registry)
    results = replace(freeze(results), check_results=check_results)
    writer = SectionWriter()
    withheld = describe_withheld_answer(results)
    sections = writer.build_sections(registry)
    names = outcome_names(results)
    outcomes = {name: for_outcome(results, name) for name in names[:MOST_OUTCOMES]}
    for group in BRIEF if brief else GROUPS:
        if withheld and group in ANSWERS:
            if group == ANSWERS[0]:
                lines = (*describe_errors(results), withheld)
                writer.blocks.append(Paragraph(key="answer", title="Answer", lines=lines))
            continue
        for section in sections:
            if section.group == group and section.by_outcome and outcomes:
                writer.add_outcomes(section, outcomes)
            elif section.group == group:
                writer.add(section.name, section.write, results)
        if group == "predictions" and len(names) > MOST_OUTCOMES:
            writer.blocks.append(_name_other_outcomes(names))
        if group == "checks":
            writer.add_faults(results.faults)
            table = check_table(check_results)
            writer.blocks.extend([] if table is None else [table])
    return writer


def _name_other_outcomes(names: Sequence[str]) -> Paragraph:
    lines = (
        "ROC curves, calibration, operating points and net benefit are shown for the"
        f" {plural(MOST_OUTCOMES, 'outcome')} with most cases of the rarer class:"
        f" {', '.join(names[:MOST_OUTCOMES])}. The table by outcome and the export have the others:"
        f" {', '.join(names[MOST_OUTCOMES:])}.",
    )
    return Paragraph(key="other_outcomes", title="Other outcomes", lines=lines)


def _write_sections_across(cohorts: Sequence[Results], registry: Registry) -> SectionWriter:
    cohorts = [freeze(results) for results in cohorts]
    writer = SectionWriter()
    errors = tuple(
        f"{results.cohort.partition(':')[0]}: {line}"
        for results in cohorts
        for line in describe_errors(replace(results, check_results=run_checks(results, registry)))
    )
    if errors:
        writer.blocks.append(Paragraph(key="errors", title="Errors", lines=errors))
    sections = writer.build_sections(registry)
    for section in sorted(sections, key=lambda section: GROUPS.index(section.group)):
        if section.write_across is not None:
            writer.add(section.name, section.write_across, cohorts)
    writer.add_faults(
        tuple(dict.fromkeys(fault for results in cohorts for fault in results.faults))
    )
    return writer


def number_blocks(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield the blocks with numbers in their titles; galleries count as figures."""
    tables, figures = count(1), count(1)
    for block in blocks:
        if isinstance(block, Table):
            yield replace(block, title=f"Table {next(tables)}. {block.title}")
        elif isinstance(block, Figure | Gallery):
            yield replace(block, title=f"Figure {next(figures)}. {block.title}")
        else:
            yield block


def _labels(results: Results) -> dict[str, str]:
    """Return the labels of the methods in tables or figures, also of calls, by fingerprint."""
    listed = [*complete_methods(results), *_unscored(results)]
    return {result.method.fingerprint: result.method.label for result in listed}


def _unscored(results: Results) -> list[MethodResult]:
    """Return calls and methods that lack cases, which one section shows."""
    return [r for r in results.method_results if r.complete and not r.method.is_scored]


def _controls(results: Results) -> tuple[str, ...]:
    methods = (result.method for result in complete_methods(results))
    return tuple(method.fingerprint for method in methods if method.is_control)


def _chosen_methods(blocks: Iterable[Block], results: Results) -> tuple[str, ...]:
    """Return the methods in figures and galleries, controls and calls, by fingerprint."""
    methods = [method for block in blocks for method in _drawn_methods(block)]
    methods += _controls(results) if set(methods) & set(_controls(results)) else ()
    unscored = [result.method.fingerprint for result in _unscored(results)] if methods else []
    return tuple(dict.fromkeys([*methods, *unscored]))


def _drawn_methods(block: Block) -> Iterator[str]:
    if isinstance(block, Figure):
        for panel in block.panels:
            for mark in panel.marks:
                yield from mark.methods
    elif isinstance(block, Gallery):
        for picture in block.pictures:
            yield from picture.methods
