"""Ingest of a data set: its cases become one cohort file, which later calls reuse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

from lnmbench.contracts import Dataset, Progress
from lnmbench.errors import UserError
from lnmbench.records import Card, Case, Choice, Column, MissingImages
from lnmbench.redaction import drop_paths
from lnmbench.registry import Registry
from lnmbench.stages.ingest.cohort_file_path import IngestOptions, cohort_path
from lnmbench.stages.ingest.cohort_notices import say_left_out, say_size
from lnmbench.stages.ingest.encode_table import encode_columns, refuse_duplicate_ids
from lnmbench.stages.ingest.extractors import (
    SelectedExtractor,
    add_columns,
    add_features,
    select_extractors,
)
from lnmbench.stages.ingest.feature_extraction import Extraction, open_extraction
from lnmbench.stages.ingest.image_warnings import summarize_warnings
from lnmbench.stages.ingest.ingest_log import (
    LogEntry,
    ingest_log_path,
    write_ingest_log,
)
from lnmbench.stages.ingest.leak_guard import name_late_features
from lnmbench.stages.ingest.patients import group_patients
from lnmbench.stages.ingest.prepare_images import prepare_cases, read_images, refuse_image_options
from lnmbench.stages.ingest.review_file import (
    pseudonymize_rows,
    review_file_path,
    write_review_file,
)
from lnmbench.stages.ingest.text_reports import ReviewRow, read_reports
from lnmbench.store.atomic import hold_lock
from lnmbench.store.checkpoints import PART_FILES, Parts
from lnmbench.store.cohort_file import read_key
from lnmbench.store.cohort_opening import is_of_older_format
from lnmbench.store.cohort_writer import writing_cohort
from lnmbench.text import plural


@dataclass(frozen=True, slots=True, kw_only=True)
class _CohortTable:
    """The part of a cohort without images: its name, the cases with their columns."""

    name: str
    card: Card
    cases: Sequence[Case]
    columns: Sequence[Column]
    review_rows: Sequence[ReviewRow]
    extractors: Sequence[SelectedExtractor] = field(default=())


def ingest(
    choice: Choice,
    registry: Registry,
    *,
    home: Path,
    workers: int,
    progress: Progress,
    options: IngestOptions | None = None,
    missing_images: MissingImages = "refuse",
) -> Path:
    """Return the cohort file of a data set, built now or reused from `home`.

    A file is reused if data set, parameters, preprocessing, plugin version, the key of the
    pseudonyms and the contents of every source file are the same. A stopped build resumes with
    the cases that are not finished. A case whose images cannot be used is left out, and listed
    with the reason in the ingest log next to the file.

    Parameters
    ----------
    choice
        The data set with its parameters.
    registry
        The plugins.
    home
        The folder that holds `cohorts/`.
    workers
        The number of threads that read and resample images. Cases are written in the order of the
        data set (of their pseudonyms, if ids are replaced), so that the fingerprint does not
        depend on it.
    progress
        Receives notices and progress.
    options
        The options of ingest, by default those of `IngestOptions()`.
    missing_images
        The use of cases without images, as of `Protocol`.

    Raises
    ------
    UserError
        If no case can be used, or for the first unusable case with `strict`.
    """
    options = options or IngestOptions()
    bound = registry.datasets.bind(choice)
    plugin, _ = registry.datasets.version(bound.name)
    extractors = [registry.feature_extractors.version(each.name)[0] for each in options.extract]
    sources = registry.sources([plugin, *extractors])
    require_plugins = partial(registry.require_sources, sources)
    dataset = registry.datasets.build(bound)
    for note in dataset.notes:
        progress.say(note)
    path = cohort_path(
        bound, dataset, registry, home=home, workers=workers, progress=progress, options=options
    )
    if _is_reusable(path, bound.name, progress):
        progress.say(f"cohort {bound.name}: using {path}")
        say_left_out(path, progress, strict=options.strict)
        return path
    table = _read_table(choice, registry, dataset, options, progress)
    with hold_lock(path, progress.say):
        if not path.is_file() or is_of_older_format(path):
            with open_extraction(
                table.extractors, registry, folder=home, workers=workers
            ) as extraction:
                _build(path, table, options, workers, progress, require_plugins, extraction)
    say_size(path, bound.name, progress, missing_images)
    say_left_out(path, progress, strict=options.strict)
    return path


def ingest_table(
    choice: Choice,
    registry: Registry,
    dataset: Dataset,
    path: Path,
    *,
    progress: Progress,
    options: IngestOptions,
) -> None:
    """Write a cohort file of all cases without their images.

    Parameters
    ----------
    choice, registry, progress, options
        As in `ingest`.
    dataset
        The data set, built from the choice.
    path
        The new file.

    Raises
    ------
    UserError
        If the table cannot be used.
    """
    table = _read_table(choice, registry, dataset, options, progress)
    cases = [replace(case, volume=None) for case in table.cases]
    _build(path, replace(table, cases=cases), options, 1, progress, lambda: None, None)


def _is_reusable(path: Path, name: str, progress: Progress) -> bool:
    if not path.is_file():
        return False
    if is_of_older_format(path):
        progress.say(f"cohort {name}: the file has the format of an earlier version: rebuilding it")
        return False
    if read_key(path) != path.stem:
        raise UserError(
            "the cohort file is one of another data set or of other settings",
            where=str(path),
            expected=path.stem,
            got=read_key(path)[:60] or "none",
            then="move it away to rebuild it",
        )
    return True


def _read_table(
    choice: Choice,
    registry: Registry,
    dataset: Dataset,
    options: IngestOptions,
    progress: Progress,
) -> _CohortTable:
    extractors = select_extractors(options.extract, registry)
    cases = list(dataset.cases())
    refuse_duplicate_ids(cases, choice.name)
    if extractors and not any(case.volume for case in cases):
        raise UserError(
            f"{extractors[0].choice.name} needs images with tumor masks",
            got=f"data set {choice.name} without images",
            then="leave out --extract",
        )
    refuse_image_options(choice, cases, options.preprocessing)
    reports = read_reports(dataset.columns, cases, registry)
    for note in reports.notes:
        progress.say(note)
    cases, columns, rows = list(reports.cases), reports.columns, reports.rows
    notice = name_late_features(columns)
    if notice:
        progress.say(notice)
    encode_columns(cases, columns)  # errors name cases by their ids, before these are replaced
    if options.pseudonyms is not None:
        cases = options.pseudonyms.replace_ids(cases, columns)
        refuse_duplicate_ids(cases, choice.name)
        rows = pseudonymize_rows(rows, options.pseudonyms)
    factory = registry.datasets.offer(choice.name).factory
    named = drop_paths(choice, factory, keep_free_text=options.pseudonyms is None)
    card = dataset.card
    return _CohortTable(
        name=str(named),
        card=replace(card, notes=(*card.notes, *(each.note for each in extractors))),
        cases=cases,
        columns=add_columns(columns, extractors),
        review_rows=rows,
        extractors=extractors,
    )


def _build(
    path: Path,
    table: _CohortTable,
    options: IngestOptions,
    workers: int,
    progress: Progress,
    require_plugins: Callable[[], None],
    extraction: Extraction | None,
) -> None:
    """Write the cohort file, unless a plugin changed meanwhile."""
    parts = Parts.for_file(path)
    entries = _prepare(table, parts, options, workers, progress, extraction)
    try:
        require_plugins()
    except UserError:
        parts.remove()
        raise
    if extraction is not None:
        cases, line = add_features(table.cases, entries, table.extractors)
        table = replace(table, cases=cases)
        progress.say(line)
    grouped = group_patients(entries, table.cases, table.columns)
    table = replace(table, cases=grouped.cases, columns=grouped.columns)
    entries = grouped.entries
    log = ingest_log_path(path)
    write_ingest_log(entries, log)
    for line in filter(None, (summarize_warnings(entries, log), *grouped.notes)):
        progress.say(line)
    if table.review_rows:
        write_review_file(table.review_rows, review_file_path(path))
    usable = [number for number, entry in enumerate(entries) if not entry.reason]
    if not usable:
        parts.remove()
        raise UserError(
            f"no case of {table.name} can be used ({len(entries)} left out)",
            got=f"case {entries[0].case[:40]!r}: {entries[0].reason}",
            then=f"see {log}",
        )
    cases = [table.cases[number] for number in usable]
    slices = sum(entries[number].slices for number in usable)
    with writing_cohort(path, options.preprocessing, slices=slices) as writer:
        for number, case in zip(usable, cases, strict=True):
            patches, scan, box = read_images(number, case, options.preprocessing, parts)
            writer.append(patches.slices, patches.masks, scan, box)
        writer.finish(
            dataset=table.name,
            ids=[case.id for case in cases],
            columns=table.columns,
            values=encode_columns(cases, table.columns),
            card=table.card,
            software=f"lnmbench {version('lnmbench')}",
            left_out=len(entries) - len(usable),
            key=path.stem,
        )
    parts.remove()


def _prepare(
    table: _CohortTable,
    parts: Parts,
    options: IngestOptions,
    workers: int,
    progress: Progress,
    extraction: Extraction | None,
) -> Sequence[LogEntry]:
    cases = table.cases
    subject = "images" if any(case.volume for case in cases) else "table"
    subject += "" if extraction is None else " and features"
    finished = len(list(parts.folder.glob(PART_FILES)))
    if finished:
        progress.say(f"resuming: {min(finished, len(cases))} of {plural(len(cases), 'case')} done")
    progress.start("ingest", subject, len(cases), "case")
    entries = []
    with closing(
        prepare_cases(cases, options.preprocessing, parts, workers, extraction)
    ) as prepared:
        for entry in prepared:
            entries.append(entry)
            if entry.reason and options.strict:
                break
            progress.advance()
    if entries[-1].reason and options.strict:
        parts.remove()
        raise UserError(f"case {entries[-1].case[:40]!r}: {entries[-1].reason}")
    progress.finish()
    return entries
