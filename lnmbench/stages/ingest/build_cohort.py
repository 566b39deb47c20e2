"""ingest: a data set's cases become one cohort file, kept and used again."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from lnmbench.contracts import Dataset, Progress
from lnmbench.errors import UserError
from lnmbench.records import Case, Choice, Column, Preprocessing
from lnmbench.redaction import drop_paths
from lnmbench.registry import Registry
from lnmbench.stages.ingest.cases import images, prepare
from lnmbench.stages.ingest.encode_table import encoded, refuse_doubles
from lnmbench.stages.ingest.image_warnings import tell, tell_twins, with_twins
from lnmbench.stages.ingest.ingest_report import (
    CaseReport,
    read_left_out,
    report_beside,
    summary,
    write_report,
)
from lnmbench.stages.ingest.pseudonyms import Pseudonyms
from lnmbench.stages.ingest.review_file import (
    findings_beside,
    readers,
    without_words,
    write_findings,
)
from lnmbench.stages.ingest.text_reports import ReportFinding, read_reports
from lnmbench.store import serialization
from lnmbench.store.atomic import alone
from lnmbench.store.checkpoints import Parts
from lnmbench.store.cohort_file import (
    is_of_older_format,
    read_cohort,
    read_scans,
    writing_cohort,
)
from lnmbench.store.source_hashes import hash_sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingesting:
    """How cases are brought into a cohort file.

    `strict` stops at the first case whose images cannot be used, instead of leaving it out;
    `pseudonyms` replace the ids of cases, patients and centers.
    """

    preprocessing: Preprocessing = field(default_factory=Preprocessing)
    strict: bool = False
    pseudonyms: Pseudonyms | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """What a cohort file says beside images: its name, and the cases with their columns."""

    name: str
    dataset: Dataset
    cases: Sequence[Case]
    columns: Sequence[Column]
    findings: Sequence[ReportFinding]


def ingest(
    choice: Choice,
    registry: Registry,
    *,
    home: Path,
    workers: int,
    progress: Progress,
    ingesting: Ingesting | None = None,
) -> Path:
    """Return the cohort file of a data set, made now or found in `home`.

    A file is found again when data set, parameters, preprocessing, plugin version, the key of the
    pseudonyms and the contents of every source file are the same. `workers` threads read and
    resample images; cases are written in the order of the data set (of their pseudonyms, where
    ids are replaced), so that the fingerprint does not depend on them. What is finished is kept
    while the file is made, and a later call goes on from there.

    A case whose images cannot be used is left out and told in the ingest report beside the file.
    Raises `UserError` where none can be used, or for the first one with `strict`.
    """
    how = ingesting or Ingesting()
    bound = registry.datasets.bind(choice)
    dataset = registry.datasets.build(bound)
    for note in dataset.notes:
        progress.say(note)
    path = cohort_path(
        bound, dataset, registry, home=home, workers=workers, progress=progress, how=how
    )
    if _is_there(path, bound.name, progress):
        progress.say(f"cohort {bound.name}: found in {path}")
        _tell_left_out(path, how, progress)
        return path
    table = _table(choice, registry, dataset, how, progress)
    with alone(path):
        if not path.is_file() or is_of_older_format(path):
            _make(path, table, how, workers, progress)
    _tell_size(path, bound.name, progress)
    _tell_left_out(path, how, progress)
    return path


def cohort_path(
    bound: Choice,
    dataset: Dataset,
    registry: Registry,
    *,
    home: Path,
    workers: int,
    progress: Progress,
    how: Ingesting,
) -> Path:
    """Return where the cohort file of a data set is, or would be."""
    files = [Path(source) for source in dataset.sources]
    sources = hash_sources(files, home=home, workers=workers, progress=progress)
    slug = re.sub(r"[^A-Za-z0-9]+", "-", bound.name)
    return home / "cohorts" / f"{slug}-{_key(bound, registry, dataset, sources, how)}.h5"


def _is_there(path: Path, name: str, progress: Progress) -> bool:
    if not path.is_file():
        return False
    if is_of_older_format(path):
        progress.say(f"cohort {name}: the file is of an earlier version's format; made again")
        return False
    return True


def _key(
    bound: Choice, registry: Registry, dataset: Dataset, sources: Sequence[str], how: Ingesting
) -> str:
    parameters = {name: str(value) for name, value in bound.parameters.items()}
    facts = [
        bound.name,
        parameters,
        registry.datasets.version(bound.name),
        version("lnmbench"),
        serialization.pack(how.preprocessing),
        list(sources),
        [registry.report_readers.version(reader) for reader in readers(dataset.columns)],
        *([how.pseudonyms.name] if how.pseudonyms else []),
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def _table(
    choice: Choice, registry: Registry, dataset: Dataset, how: Ingesting, progress: Progress
) -> _Table:
    cases = list(dataset.cases())
    refuse_doubles(cases, choice.name)
    read = read_reports(dataset.columns, cases, registry)
    for note in read.notes:
        progress.say(note)
    cases, columns, findings = list(read.cases), read.columns, read.findings
    encoded(cases, columns)  # a wrong cell is told by its own id, before anything is replaced
    if how.pseudonyms is not None:
        cases = how.pseudonyms.cases(cases, columns)
        refuse_doubles(cases, choice.name)
        findings = without_words(findings, how.pseudonyms)
    factory = registry.datasets.offer(choice.name).factory
    named = drop_paths(choice, factory, keep_free_text=how.pseudonyms is None)
    return _Table(name=str(named), dataset=dataset, cases=cases, columns=columns, findings=findings)


def _make(path: Path, table: _Table, how: Ingesting, workers: int, progress: Progress) -> None:
    parts = Parts.of(path)
    rows = _prepared(table, parts, how, workers, progress)
    rows = with_twins(rows, table.cases, table.columns)
    write_report(rows, report_beside(path))
    for line in filter(None, (tell(rows, report_beside(path)), tell_twins(rows))):
        progress.say(line)
    if table.findings:
        write_findings(table.findings, findings_beside(path))
    kept = [number for number, row in enumerate(rows) if not row.reason]
    if not kept:
        parts.remove()
        raise UserError(
            f"no case of {table.name} can be used ({len(rows)} left out)",
            got=f"case {rows[0].case[:40]!r}: {rows[0].reason}",
            then=f"see {report_beside(path)}",
        )
    cases = [table.cases[number] for number in kept]
    total = sum(rows[number].slices for number in kept)
    with writing_cohort(path, how.preprocessing, slices=total) as writer:
        for number, case in zip(kept, cases, strict=True):
            patches, scan = images(number, case, how.preprocessing, parts)
            writer.append(patches.slices, patches.masks, scan)
        writer.finish(
            dataset=table.name,
            ids=[case.id for case in cases],
            columns=table.columns,
            values=encoded(cases, table.columns),
            card=table.dataset.card,
            software=f"lnmbench {version('lnmbench')}",
            left_out=len(rows) - len(kept),
        )
    parts.remove()


def _prepared(
    table: _Table, parts: Parts, how: Ingesting, workers: int, progress: Progress
) -> list[CaseReport]:
    cases = table.cases
    what = "images" if any(case.volume for case in cases) else "table"
    done = len(list(parts.folder.glob("[0-9]*.npz")))
    if done:
        progress.say(f"going on: {min(done, len(cases))} of {len(cases)} cases are done already")
    progress.start("ingest", what, len(cases), "cases")
    rows = []
    with closing(prepare(cases, how.preprocessing, parts, workers)) as reports:
        for row in reports:
            rows.append(row)
            if row.reason and how.strict:
                break
            progress.advance()
    if rows[-1].reason and how.strict:
        parts.remove()
        raise UserError(f"case {rows[-1].case[:40]!r}: {rows[-1].reason}")
    progress.finish()
    return rows


def _tell_size(path: Path, name: str, progress: Progress) -> None:
    cohort = read_cohort(path)
    slices = cohort.offsets[1:] - cohort.offsets[:-1]
    progress.say(f"cohort {name}: {len(cohort)} cases, {slices.sum()} slices, kept in {path}")
    without = int((slices == 0).sum())
    if 0 < without < len(cohort):
        progress.say(f"{without} of {len(cohort)} cases have no images: encoders cannot be used")


def _tell_left_out(path: Path, how: Ingesting, progress: Progress) -> None:
    """Say how many cases are not in the file; with `strict`, refuse it."""
    scans, number = read_scans(path)
    if not number:
        return
    report = report_beside(path)
    total = number + len(scans.size)
    try:
        left_out = read_left_out(report)
    except UserError:
        left_out = []
    if how.strict:
        case, reason = left_out[0] if left_out else ("?", f"{number} of {total} cases left out")
        raise UserError(f"case {case[:40]!r}: {reason}")
    if left_out:
        progress.say(summary(left_out, total, report))
    else:
        progress.say(f"{number} of {total} cases left out; their ingest report is gone")
