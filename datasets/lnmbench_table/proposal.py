"""Proposal of a dictionary for a table: TOML for its owner to check and correct."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from lnmbench.lexicon.timing import judge_name
from lnmbench.lexicon.vocabulary import has_role
from lnmbench.text import clean, fold_spelling, parse_number, plural
from lnmbench_table.guesses import (
    MOST_CATEGORIES,
    Guess,
    guess_column,
    holds_text,
    is_report,
    speaks_of_pathology,
)
from lnmbench_table.label_guesses import Labels, find_labels
from lnmbench_table.proposed_section import Section, quote
from lnmbench_table.sheet import Sheet, read_sheet
from lnmbench_table.table_checks import find_numbering_center

_LONGEST_ID = 60

_HEAD = """\
# Proposed dictionary for {file} ({rows}). All of it is a guess: check every section.
# role: id | patient | center | feature | target | aux | report (free text of a CT report)
# kind: continuous | ordinal | nominal | binary (categories in order; binary: negative, positive)
# known: before | after surgery. Columns known only after it can be target or aux, never feature.
# label: the target or auxiliary task that a column serves (n1, n2, pn, pt, …)
# Sections that begin with # are not used: remove the # in front of their lines to use them.
"""
_NO_TARGET = """\
# No target was recognized. Give one column role = "target" and a label: n1 or n2 for a binary
# column (negative, positive), pn for pathological N categories (N0, N1, N2, N3).
"""
_LATE_STAGES = (
    "has T or N stages: set label pt or pn if pathological, or role feature and known = "
    '"before" if clinical'
)
_NO_ID = '# No id was recognized. Give the column with unique case ids role = "id".\n'


def propose_dictionary(path: Path) -> str:
    """Return TOML that describes the table at `path`, guessed from names and cells.

    A column is proposed as a feature only if its name says that it is known before surgery. All
    other guesses are commented out, with the reason.
    """
    sheet = read_sheet(path)
    guesses = {name: guess_column(name, sheet.column(name)) for name in _list_unique_headers(sheet)}
    table = _Table(sheet=sheet, guesses=guesses, id=_find_id(sheet, guesses))
    labels = find_labels(sheet, guesses)
    parts = [_HEAD.format(file=quote(path.name), rows=plural(len(sheet.rows), "row"))]
    parts += ["".join(f"# Read: {clean(note)}\n" for note in sheet.notes)] if sheet.notes else []
    parts += ["".join(f"# {line}\n" for line in labels.describe())] if labels.truths else []
    parts += [_NO_ID] if table.id is None else []
    parts += [] if labels.targets else [_NO_TARGET]
    parts += ["\n".join(table.make_section(name, labels).format()) + "\n" for name in guesses]
    return "\n".join([*parts, *_describe_other_headers(sheet)])


def _describe_other_headers(sheet: Sheet) -> list[str]:
    """Return a comment on each header that occurs twice, and one on columns without a header."""
    counts = Counter(sheet.header)
    nameless = counts.pop("", 0)
    lines = [
        f"# {quote(name)} is the header of {count} columns: rename all but one to use them.\n"
        for name, count in counts.items()
        if count > 1
    ]
    return [*lines, *([f"# {plural(nameless, 'column')} without a header.\n"] if nameless else [])]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """A table with the guesses about its columns, and the labels and roles used so far."""

    sheet: Sheet
    guesses: dict[str, Guess]
    id: str | None
    used: set[str] = field(default_factory=set)

    def make_section(self, name: str, labels: Labels) -> Section:
        """Return the section of a column."""
        return self._make_role_section(name) or self._make_value_section(name, labels)

    def _make_role_section(self, name: str) -> Section | None:
        """Return the section of an id, a name, a center, a patient or a report, or None."""
        guess, cells = self.guesses[name], self.sheet.column(name)
        section = Section(name=name, guess=guess)
        if name == self.id:
            return section.use('role = "id"')
        if has_role(name, "name") and guess.kind != "continuous":
            return section.leave_out("may identify the patient")
        if self._is_center(name):
            return section.use('role = "center"')
        if _is_id_name(name) and len(set(cells)) > MOST_CATEGORIES:
            repeats = all(cells) and len(set(cells)) < len(cells)
            center = find_numbering_center(self.sheet, name) if repeats else ""
            if center:
                return section.leave_out(
                    f"repeats between the centers of {quote(center)} alone: write both into one "
                    "column of ids"
                )
            is_patient = repeats and "patient" not in self.used
            self.used.update({"patient"} if is_patient else ())
            patient = section.use(
                'role = "patient"  # keeps cases of one patient on one side of every split'
            )
            return patient if is_patient else patient.comment("possibly the patient of each case")
        return self._make_report_section(section)

    def _make_report_section(self, section: Section) -> Section | None:
        name, cells = section.name, self.sheet.column(section.name)
        if not holds_text(cells) or not has_role(name, "report"):
            return None
        report = section.use(
            'role = "report"  # a report reader extracts features; the text is not stored'
        )
        if speaks_of_pathology(cells):
            return report.comment("the texts speak of the pathology or of the time after surgery")
        if is_report(name, cells):
            return report
        is_open = judge_name(name).time == "unknown"
        return report.comment("uncomment if these are reports of CT scans") if is_open else None

    def _make_value_section(self, name: str, labels: Labels) -> Section:
        """Return the section of a label or a feature."""
        guess = self.guesses[name]
        section = Section(name=name, guess=guess)
        if guess.problem and guess.kind != "continuous":
            return section.leave_out(guess.problem)
        label = labels.labels.get(name, "")
        if label and not guess.problem:
            role = "target" if name in labels.targets else "aux"
            labeled = section.use(f'role = "{role}"', f'label = "{label}"', *section.label_keys)
            if not guess.is_ordered:
                return labeled.comment("which class is negative, which positive?")
            if label in self.used:
                return labeled.comment(f"label {label} is used above")
            self.used.add(label)
            return labeled
        if guess.verdict.reason.endswith("TNM stages"):
            return section.leave_out(
                "holds T, N and M classes together: write T and N into columns of their own"
            )
        if guess.verdict.time == "after":
            late = section.use('role = "aux"', 'label = ""', 'known = "after"', *section.label_keys)
            why = f"seems to be known only after surgery ({guess.verdict.reason})"
            why = f"{guess.problem}; {why}" if guess.problem else why
            return late.comment(
                _LATE_STAGES if guess.cell_label else f"{why}; fill in a label to use it"
            )
        feature = section.use('role = "feature"', 'known = "before"', *section.feature_keys)
        if guess.problem:
            return feature.comment(f"{guess.problem}; then uncomment if known before surgery")
        if guess.verdict.time == "open":
            reason = guess.verdict.reason
            mark = "" if reason.endswith("?") else ";"
            return feature.comment(f"{reason}{mark} uncomment if known before surgery")
        if guess.verdict.time == "unknown":
            return feature.comment("not known whether before or after surgery; uncomment if before")
        signs = labels.find_signs(self.sheet.column(name), guess)
        return feature.comment(f"{signs}; uncomment if known before surgery") if signs else feature

    def _is_center(self, name: str) -> bool:
        few = 1 < len(set(self.sheet.column(name))) <= len(self.sheet.rows) / 2
        return few and has_role(name, "center") and self.guesses[name].kind != "continuous"


def _list_unique_headers(sheet: Sheet) -> list[str]:
    """Return the headers that a section can name: neither empty nor repeated."""
    return [name for name, count in Counter(sheet.header).items() if name and count == 1]


def _find_id(sheet: Sheet, guesses: dict[str, Guess]) -> str | None:
    """Return the column of ids: by its name, or else the first one with a unique text per row."""
    unique = [name for name in guesses if _is_unique(sheet.column(name))]
    by_name = (name for name in unique if _is_id_name(name))
    by_cells = (name for name in unique if _has_texts_of_ids(name, sheet.column(name)))
    return next(by_name, None) or next(by_cells, None)


def _is_id_name(name: str) -> bool:
    return has_role(name, "id") and judge_name(name).time != "before"


def _is_unique(cells: Iterable[str]) -> bool:
    folded = [fold_spelling(cell) for cell in cells]
    return all(folded) and len(set(folded)) == len(folded)


def _has_texts_of_ids(name: str, cells: tuple[str, ...]) -> bool:
    """Return whether the cells are short texts: neither numbers, nor dates, nor names."""
    texts = [cell for cell in cells if parse_number(cell.replace(",", ".")) is None]
    if has_role(name, "name") or has_role(name, "date") or len(texts) < len(cells) / 2:
        return False
    return all(len(clean(cell)) <= _LONGEST_ID and len(cell.split()) <= 2 for cell in cells)
