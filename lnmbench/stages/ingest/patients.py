"""Patients of a cohort's cases: what the table states, and what the scans show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from lnmbench.records import Case, Column
from lnmbench.stages.ingest.evidence import EvidenceKind
from lnmbench.stages.ingest.ingest_log import LogEntry
from lnmbench.text import plural

# More cases than this with one value in their headers: the value is a placeholder.
MOST_CASES_OF_A_PATIENT = 5
# A date of birth and a sex that more cases share are a coincidence, or were made up.
MOST_CASES_OF_A_BIRTH_DATE = 3
_VOXELS: tuple[EvidenceKind, ...] = ("scan", "images")
_HEADERS: tuple[EvidenceKind, ...] = ("patient ID", "study")
_WORDS: Mapping[EvidenceKind, str] = {
    "scan": "the same scan",
    "images": "the same images",
    "patient ID": "the same DICOM PatientID",
    "study": "the same DICOM study",
    "birth": "the same date of birth and sex",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientGroups:
    """Cases, columns and log entries after cases of one patient are grouped or left out.

    `notes` are for the user.
    """

    cases: Sequence[Case]
    columns: Sequence[Column]
    entries: Sequence[LogEntry]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Link:
    """Two cases, by index, that are of one patient by this evidence."""

    a: int
    b: int
    kind: EvidenceKind


def group_patients(
    entries: Sequence[LogEntry], cases: Sequence[Case], columns: Sequence[Column]
) -> PatientGroups:
    """Return the cases with those of one patient grouped, as their scans show it.

    Cases with one scan, one PatientID or one study are of one patient. Without a column of
    patients, one is added. With such a column that states different patients for them, these cases
    are left out. One date of birth and sex is a note alone. Cases that have the same images, such
    as one region of one scan, are a note in addition.

    Parameters
    ----------
    entries
        The log entries of all cases, with their evidence.
    cases
        The cases of the data set, in the same order.
    columns
        The columns of the data set, of which one may hold the patients.
    """
    links, placeholders = _find_links(entries, _values_of_role(cases, columns, "center"))
    notes = [
        f"{plural(count, 'case has', 'cases have')} {_WORDS[kind]}, which counts as a placeholder"
        for kind, count in placeholders
    ]
    stated = _values_of_role(cases, columns, "patient")
    if any(column.role == "patient" for column in columns):
        patients: Sequence[str] = stated
        entries = _leave_out_conflicts(entries, links, patients)
    else:
        patients = _join(links, [case.id for case in cases])
        if links:
            name = _name_column(columns)
            cases = _fill_column(name, cases, patients)
            columns = (*columns, Column(name=name, role="patient"))
            notes.append(_describe_groups(name, entries, links, patients))
        entries = _remark(entries, links, "one patient")
    copies = _find_copies(entries, links)
    if copies:
        notes.append(_describe_copies(entries, copies))
        entries = _remark(entries, copies, "check the paths of both")
    swapped = _find_swapped(entries)
    if swapped:
        notes.append(_describe_swapped(entries, swapped))
        entries = _remark_swapped(entries, swapped)
    same_birth = _link_births(entries, patients)
    if same_birth:
        notes.append(_describe_births(entries, same_birth))
    return PatientGroups(
        cases=cases,
        columns=columns,
        entries=_remark(entries, same_birth, "check whether they are one patient"),
        notes=tuple(notes),
    )


def _values_of_role(cases: Sequence[Case], columns: Sequence[Column], role: str) -> list[str]:
    name = next((column.name for column in columns if column.role == role), "")
    return [str(case.values.get(name) or "") for case in cases]


def _find_links(
    entries: Sequence[LogEntry], centers: Sequence[str]
) -> tuple[list[_Link], list[tuple[EvidenceKind, int]]]:
    """Return the links of certain evidence, and the placeholders with the number of their cases."""
    links: list[_Link] = []
    placeholders: list[tuple[EvidenceKind, int]] = []
    usable = sum(bool(entry.evidence) for entry in entries if not entry.reason)
    for kind in (*_VOXELS, *_HEADERS):
        # centers number their patients independently
        apart = centers if kind == "patient ID" else [""] * len(entries)
        for group in _group(entries, kind, apart):
            many = len(group) > MOST_CASES_OF_A_PATIENT or len(group) == usable > 2
            if many and kind in _HEADERS:
                placeholders.append((kind, len(group)))
                continue
            links += [
                _Link(a=a, b=b, kind=kind)
                for a, b in combinations(group, 2)
                if kind != "patient ID" or not _differ(entries[a], entries[b])
            ]
    return links, placeholders


def _group(
    entries: Sequence[LogEntry], kind: EvidenceKind, apart: Sequence[str]
) -> Iterator[list[int]]:
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, entry in enumerate(entries):
        if not entry.reason and kind in entry.evidence:
            groups[entry.evidence[kind], apart[index]].append(index)
    yield from (group for group in groups.values() if len(group) > 1)


def _differ(a: LogEntry, b: LogEntry) -> bool:
    """Return whether both state a date of birth, and another one."""
    births = a.evidence.get("birth"), b.evidence.get("birth")
    return None not in births and births[0] != births[1]


def _leave_out_conflicts(
    entries: Sequence[LogEntry], links: Sequence[_Link], patients: Sequence[str]
) -> list[LogEntry]:
    reasons: dict[int, str] = {}
    for link in links:
        if patients[link.a] != patients[link.b]:
            for index, other in ((link.a, link.b), (link.b, link.a)):
                words = f"{_WORDS[link.kind]} as a case of another patient"
                then = "correct the path of the image or the column of patients"
                reasons.setdefault(index, f"{words} ({entries[other].case}); {then}")
    return [
        replace(entry, reason=reasons.get(index, entry.reason))
        for index, entry in enumerate(entries)
    ]


def _join(links: Sequence[_Link], names: Sequence[str]) -> list[str]:
    """Return the patient of each case: the name of the first case that links lead to."""
    first = list(range(len(names)))

    def find(index: int) -> int:
        while first[index] != index:
            index = first[index]
        return index

    for link in links:
        a, b = sorted((find(link.a), find(link.b)))
        first[b] = a
    return [names[find(index)] for index in range(len(names))]


def _name_column(columns: Sequence[Column]) -> str:
    used = {column.name for column in columns}
    return next(name for name in ("patient", "patient of the scan") if name not in used)


def _fill_column(name: str, cases: Sequence[Case], patients: Sequence[str]) -> list[Case]:
    return [
        replace(case, values={**case.values, name: patient})
        for case, patient in zip(cases, patients, strict=True)
    ]


def _remark(entries: Sequence[LogEntry], links: Sequence[_Link], then: str) -> list[LogEntry]:
    """Return the entries, each with a note on the first link of its case."""
    remarks: dict[int, str] = {}
    for link in links:
        for index, other in ((link.a, link.b), (link.b, link.a)):
            words = f"{_WORDS[link.kind]} as case {entries[other].case}: {then}"
            remarks.setdefault(index, words)
    return [
        replace(entry, notes=(*entry.notes, remarks[index])) if index in remarks else entry
        for index, entry in enumerate(entries)
    ]


def _describe_groups(
    name: str, entries: Sequence[LogEntry], links: Sequence[_Link], patients: Sequence[str]
) -> str:
    linked = _list_cases(links)
    groups = plural(len({patients[index] for index in linked}), "patient")
    return (
        f"{plural(len(linked), 'case')} of {groups} by their images "
        f"({_give_example(entries, links)}): added the column {name!r}, which keeps them together "
        "in every split"
    )


def _find_copies(entries: Sequence[LogEntry], links: Sequence[_Link]) -> list[_Link]:
    """Return the links of cases that have the same images, of those that are not left out."""
    usable = [not entry.reason for entry in entries]
    return [link for link in links if link.kind == "images" and usable[link.a] and usable[link.b]]


def _describe_copies(entries: Sequence[LogEntry], copies: Sequence[_Link]) -> str:
    return (
        f"{plural(len(_list_cases(copies)), 'case')} have the images of another case "
        f"({_give_example(entries, copies)}): correct the path of an image or a region, or remove "
        "the copies"
    )


def _find_swapped(entries: Sequence[LogEntry]) -> dict[int, int]:
    """Return cases whose images state the id of another case, not their own, with that case."""
    cases = {entry.evidence.get("case id"): index for index, entry in enumerate(entries)}
    stated = {index: entry.evidence.get("stated id") for index, entry in enumerate(entries)}
    return {
        index: cases[id_]
        for index, id_ in stated.items()
        if id_ is not None and cases.get(id_, index) != index and not entries[index].reason
    }


def _remark_swapped(entries: Sequence[LogEntry], swapped: Mapping[int, int]) -> list[LogEntry]:
    return [
        replace(entry, notes=(*entry.notes, f"its images state the id of case {case.case}"))
        if (case := entries[swapped[index]] if index in swapped else None)
        else entry
        for index, entry in enumerate(entries)
    ]


def _describe_swapped(entries: Sequence[LogEntry], swapped: Mapping[int, int]) -> str:
    first, other = (repr(entries[index].case[:40]) for index in next(iter(swapped.items())))
    cases = plural(len(swapped), "case has", "cases have")
    return (
        f"{cases} images that state the id of another case (e.g. {first} has images of {other}): "
        "check the paths of the images"
    )


def _link_births(entries: Sequence[LogEntry], patients: Sequence[str]) -> list[_Link]:
    """Return the links of cases of different patients with one date of birth and sex."""
    groups = _group(entries, "birth", [""] * len(entries))
    return [
        _Link(a=a, b=b, kind="birth")
        for group in groups
        if len(group) <= MOST_CASES_OF_A_BIRTH_DATE
        for a, b in combinations(group, 2)
        if patients[a] != patients[b]
    ]


def _describe_births(entries: Sequence[LogEntry], links: Sequence[_Link]) -> str:
    return (
        f"{plural(len(_list_cases(links)), 'case')} of different patients have one date of birth "
        f"and sex ({_give_example(entries, links)}): if they are one patient, state it in a column "
        "with the role patient"
    )


def _list_cases(links: Sequence[_Link]) -> set[int]:
    return {index for link in links for index in (link.a, link.b)}


def _give_example(entries: Sequence[LogEntry], links: Sequence[_Link]) -> str:
    first = links[0]
    cases = " and ".join(repr(entries[index].case[:40]) for index in (first.a, first.b))
    return f"e.g. {cases}: {_WORDS[first.kind]}"
