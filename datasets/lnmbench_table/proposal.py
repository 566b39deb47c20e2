"""Proposal of a dictionary for a table: TOML for its owner to check and correct."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from lnmbench.text import plural
from lnmbench_table.guesses import MOST_CATEGORIES, Guess, guess_column, is_report
from lnmbench_table.sheet import Sheet, read_sheet

_ID = re.compile(r"(^|[^a-z])(id|case|patient|subject|barcode|record)([^a-z]|$)", re.IGNORECASE)
_CENTER = re.compile(r"cent(er|re)|hospital|institut|affiliation|source.?site", re.IGNORECASE)
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_OUTCOMES = ("n1", "n2")

_HEAD = """\
# Proposed dictionary for {file} ({rows}). All of it is a guess: check every section.
# role: id | patient | center | feature | target | aux | report (free text of a CT report)
# kind: continuous | ordinal | nominal | binary (categories in order; binary: negative, positive)
# known: before | after surgery. Columns known only after it can be target or aux, never feature.
# label: the target or auxiliary task that a column serves (n1, n2, pn, pt, …)
"""
_NO_TARGET = """\
# No target was recognized. Give one column role = "target" and a label: n1 or n2 for a binary
# column (negative, positive), pn for pathological N categories (N0, N1, N2, N3).
"""
_LATE = "seems to be known only after surgery; fill in a label to use it"
_LATE_STAGES = (
    "has T or N stages: set label pt or pn if pathological, or role feature and known = "
    '"before" if clinical'
)
_NO_ID = '# No id was recognized. Give the column with unique case ids role = "id".\n'


def propose_dictionary(path: Path) -> str:
    """Return TOML that describes the table at `path`, guessed from names and cells.

    Unsafe guesses are commented out, with the reason.
    """
    sheet = read_sheet(path)
    id_ = _guess_id(sheet)
    guesses = {name: guess_column(name, sheet.column(name)) for name in _list_unique_headers(sheet)}
    parts = [_HEAD.format(file=_quote(path.name), rows=plural(len(sheet.rows), "row"))]
    parts += [_NO_ID] if id_ is None else []
    parts += [] if any(map(_is_target, guesses, guesses.values())) else [_NO_TARGET]
    labels: set[str] = set()
    for name in guesses:
        parts.append("\n".join(_format_section(name, guesses[name], sheet, id_, labels)) + "\n")
    return "\n".join(parts)


def _list_unique_headers(sheet: Sheet) -> list[str]:
    """Return the headers that a section can name: neither empty nor repeated."""
    return [name for name, count in Counter(sheet.header).items() if name and count == 1]


def _guess_id(sheet: Sheet) -> str | None:
    for name in _list_unique_headers(sheet):
        cells = sheet.column(name)
        if _ID.search(name) and all(cells) and len(set(cells)) == len(cells):
            return name
    return None


def _is_target(name: str, guess: Guess) -> bool:
    outcome = name.casefold() in _OUTCOMES and guess.kind == "binary"
    return not guess.problem and (outcome or guess.label == "pn")


def _is_center(name: str, guess: Guess, sheet: Sheet) -> bool:
    few = 1 < len(set(sheet.column(name))) <= len(sheet.rows) / 2
    return few and bool(_CENTER.search(name)) and guess.kind != "continuous"


def _format_section(
    name: str, guess: Guess, sheet: Sheet, id_: str | None, labels: set[str]
) -> Iterator[str]:
    header = f"[columns.{name if _BARE.fullmatch(name) else _quote(name)}]"
    label = name.casefold() if name.casefold() in _OUTCOMES else guess.label
    if name == id_:
        yield from (header, 'role = "id"')
    elif _is_center(name, guess, sheet):
        yield from (header, 'role = "center"')
    elif _ID.search(name) and len(set(sheet.column(name))) > MOST_CATEGORIES:
        lines = [
            header,
            'role = "patient"  # keeps cases of one patient on one side of every split',
        ]
        repeats = len(set(sheet.column(name))) < len(sheet.column(name))
        is_patient = repeats and "patient" not in labels
        yield from lines if is_patient else _comment_out(lines, "possibly the patient of each case")
        labels.update({"patient"} if is_patient else ())
    elif is_report(name, sheet.column(name)):
        yield from (
            header,
            'role = "report"  # a report reader extracts features; the text is not stored',
        )
    elif guess.problem:
        yield f"# {header} {guess.problem}; not used."
    elif _is_target(name, guess) or guess.label:
        role = "target" if _is_target(name, guess) else "aux"
        lines = [header, f'role = "{role}"', f'label = "{label}"', *_format_keys(guess)]
        yield from (
            lines if label not in labels else _comment_out(lines, f"label {label} is used above")
        )
        labels.add(label)
    elif guess.is_late:
        lines = [header, 'role = "aux"', 'label = ""', 'known = "after"', *_format_keys(guess)]
        yield from _comment_out(lines, _LATE_STAGES if guess.cell_label else _LATE)
    else:
        yield from (header, 'role = "feature"', 'known = "before"', *_format_keys(guess))


def _format_keys(guess: Guess) -> Iterator[str]:
    yield f'kind = "{guess.kind}"'
    if guess.categories:
        yield f"categories = {_format_list(guess.categories)}"
    if guess.missing:
        yield f"missing = {_format_list(guess.missing)}"


def _comment_out(lines: Sequence[str], reason: str) -> Iterator[str]:
    yield f"# {lines[0]}  # {reason}"
    yield from (f"# {line}" for line in lines[1:])


def _format_list(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_quote, texts))}]"


def _quote(text: str) -> str:
    """Return a TOML basic string: JSON's escapes are valid in TOML, which also forbids DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
