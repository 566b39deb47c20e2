"""Regular expressions of a language for the rules: `english.toml` and `chinese.toml`, compiled."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from pydantic import TypeAdapter

Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Vocabulary:
    """Expressions that the rules search for in one language; the TOML files document them.

    Those named `…_before` match text that ends at the position in question, those named `…_after`
    text that begins there. The tables have an expression for each lobe, station, sign and density.
    """

    markers: Pattern
    skipped_sections: Pattern
    read_sections: Pattern
    prior_sections: Pattern
    prior_study: Pattern
    today: Pattern
    negation_before: Pattern
    negation_inside: Pattern
    negation_after: Pattern
    negation_ends: Pattern
    negation_apparent: Pattern
    uncertain: Pattern
    uncertain_after: Pattern
    lesion: Pattern
    node: Pattern
    organ: Pattern
    other: Pattern
    main: Pattern
    another: Pattern
    phrase_breaks: Pattern
    clause_breaks: Pattern
    no_size_before: Pattern
    no_size_after: Pattern
    short_axis_before: Pattern
    short_axis_after: Pattern
    long_axis_before: Pattern
    long_axis_after: Pattern
    largest: Pattern
    enlarged: Pattern
    station_lists: Pattern
    station_numbers: Pattern
    lobes: Mapping[str, Pattern]
    stations: Mapping[str, Pattern]
    signs: Mapping[str, Pattern]
    ground_glass: Mapping[str, Pattern]


_TABLES = ("lobes", "stations", "signs", "ground_glass")
_ENDS_AT_POSITION = ("no_size_before", "short_axis_before", "long_axis_before")


def read_vocabulary(name: str) -> Vocabulary:
    """Return the vocabulary of `<name>.toml` in this package."""
    path = Path(__file__).parent / f"{name}.toml"
    file = tomllib.loads(path.read_text(encoding="utf-8"))
    compiled: dict[str, Pattern | dict[str, Pattern]] = {
        field.name: {key: _compile(texts) for key, texts in file[field.name].items()}
        if field.name in _TABLES
        else _compile(file[field.name], "$" if field.name in _ENDS_AT_POSITION else "")
        for field in fields(Vocabulary)
    }
    return TypeAdapter(Vocabulary).validate_python(compiled)


def _compile(texts: Sequence[str], end: str = "") -> Pattern:
    # An inline (?x) must be at the start of a group of its own.
    parts = (f"(?x:{t[4:]})" if t.startswith("(?x)") else f"(?:{t})" for t in texts)
    return re.compile(f"(?:{'|'.join(parts)}){end}")


ENGLISH = read_vocabulary("english")
CHINESE = read_vocabulary("chinese")
