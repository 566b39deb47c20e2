"""Proposes a dictionary for a bare table: TOML for its owner to read and correct."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from lnmbench_table.guesses import MOST_CATEGORIES, Guess, guess, is_report
from lnmbench_table.sheet import Sheet, read_sheet

_ID = re.compile(r"(^|[^a-z])(id|case|patient|subject|barcode|record)([^a-z]|$)", re.IGNORECASE)
_CENTER = re.compile(r"cent(er|re)|hospital|institut|affiliation|source.?site", re.IGNORECASE)
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_OUTCOMES = ("n1", "n2")

_HEAD = """\
# Proposed dictionary for {file} ({rows} rows). Everything here is a guess: read every section.
# role: id | patient | center | feature | target | aux | report (free text of a CT report)
# kind: continuous | ordinal | nominal | binary (categories in order; binary: negative, positive)
# known: before | after surgery. What is known only after it can be a target or aux, not a feature.
# label: the target or auxiliary task that a column serves (n1, n2, pn, pt, …)
"""
_NO_TARGET = """\
# No target was recognized. Give one column role = "target" and a label: n1 or n2 for a binary
# column (negative, positive), pn for pathological N classes (N0, N1, N2, N3).
"""
_LATE = "sounds as if known only after surgery; fill in a label to use"
_LATE_CLASSES = (
    "holds T or N classes: label pt or pn if of pathology; if clinical, role feature and known = "
    '"before"'
)
_NO_ID = '# No id was recognized: give the column of unique case ids role = "id".\n'


def propose_dictionary(path: Path) -> str:
    """Return TOML that describes the table at `path` as far as names and cells tell.

    What cannot be guessed safely stands there commented out, with the reason.
    """
    sheet = read_sheet(path)
    id_ = _guess_id(sheet)
    guesses = {name: guess(name, sheet.column(name)) for name in _usable(sheet)}
    parts = [_HEAD.format(file=_quoted(path.name), rows=len(sheet.rows))]
    parts += [_NO_ID] if id_ is None else []
    parts += [] if any(map(_is_target, guesses, guesses.values())) else [_NO_TARGET]
    labels: set[str] = set()
    for name in guesses:
        parts.append("\n".join(_section(name, guesses[name], sheet, id_, labels)) + "\n")
    return "\n".join(parts)


def _usable(sheet: Sheet) -> list[str]:
    """Headers that a section can name: not empty, and not standing twice."""
    return [name for name, count in Counter(sheet.header).items() if name and count == 1]


def _guess_id(sheet: Sheet) -> str | None:
    for name in _usable(sheet):
        cells = sheet.column(name)
        if _ID.search(name) and all(cells) and len(set(cells)) == len(cells):
            return name
    return None


def _is_target(name: str, found: Guess) -> bool:
    outcome = name.casefold() in _OUTCOMES and found.kind == "binary"
    return not found.why_not and (outcome or found.stage == "pn")


def _is_center(name: str, found: Guess, sheet: Sheet) -> bool:
    few = 1 < len(set(sheet.column(name))) <= len(sheet.rows) / 2
    return few and bool(_CENTER.search(name)) and found.kind != "continuous"


def _section(
    name: str, found: Guess, sheet: Sheet, id_: str | None, labels: set[str]
) -> Iterator[str]:
    header = f"[columns.{name if _BARE.fullmatch(name) else _quoted(name)}]"
    label = name.casefold() if name.casefold() in _OUTCOMES else found.stage
    if name == id_:
        yield from (header, 'role = "id"')
    elif _is_center(name, found, sheet):
        yield from (header, 'role = "center"')
    elif _ID.search(name) and len(set(sheet.column(name))) > MOST_CATEGORIES:
        told = [header, 'role = "patient"  # keeps cases with one value on one side of every split']
        repeats = len(set(sheet.column(name))) < len(sheet.column(name))
        sure = repeats and "patient" not in labels
        yield from told if sure else _commented(told, "perhaps the patient of each case")
        labels.update({"patient"} if sure else ())
    elif is_report(name, sheet.column(name)):
        yield from (
            header,
            'role = "report"  # read by rules; the text does not enter the cohort file',
        )
    elif found.why_not:
        yield f"# {header} {found.why_not}; left out."
    elif _is_target(name, found) or found.stage:
        role = "target" if _is_target(name, found) else "aux"
        told = [header, f'role = "{role}"', f'label = "{label}"', *_facts(found)]
        yield from told if label not in labels else _commented(told, f"label {label} stands above")
        labels.add(label)
    elif found.after:
        told = [header, 'role = "aux"', 'label = ""', 'known = "after"', *_facts(found)]
        yield from _commented(told, _LATE_CLASSES if found.classes else _LATE)
    else:
        yield from (header, 'role = "feature"', 'known = "before"', *_facts(found))


def _facts(found: Guess) -> Iterator[str]:
    yield f'kind = "{found.kind}"'
    if found.categories:
        yield f"categories = {_listed(found.categories)}"
    if found.missing:
        yield f"missing = {_listed(found.missing)}"


def _commented(lines: Sequence[str], why: str) -> Iterator[str]:
    yield f"# {lines[0]}  # {why}"
    yield from (f"# {line}" for line in lines[1:])


def _listed(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"


def _quoted(text: str) -> str:
    """Return a TOML basic string; JSON's escapes are TOML's, but TOML also bars DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
