"""How a language says things: the expressions of `english.toml` and `chinese.toml`, compiled."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

Words = re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """One expression for each thing that the rules look for; the files say what they are.

    Those named `…_before` match up to the place that is asked about, those named `…_after` from
    it on. The tables have an expression for each lobe, station, sign and density.
    """

    markers: Words
    skipped_sections: Words
    read_sections: Words
    prior_sections: Words
    prior_study: Words
    today: Words
    negation_before: Words
    negation_inside: Words
    negation_after: Words
    negation_ends: Words
    negation_apparent: Words
    uncertain: Words
    uncertain_after: Words
    lesion: Words
    node: Words
    organ: Words
    other: Words
    main: Words
    another: Words
    phrase_breaks: Words
    clause_breaks: Words
    no_size_before: Words
    no_size_after: Words
    short_axis_before: Words
    short_axis_after: Words
    long_axis_before: Words
    long_axis_after: Words
    largest: Words
    enlarged: Words
    station_lists: Words
    station_numbers: Words
    lobes: Mapping[str, Words]
    stations: Mapping[str, Words]
    signs: Mapping[str, Words]
    ground_glass: Mapping[str, Words]


_TABLES = ("lobes", "stations", "signs", "ground_glass")
_AT_THE_END = ("no_size_before", "short_axis_before", "long_axis_before")


def read_vocabulary(name: str) -> Vocabulary:
    """Return the vocabulary of a file beside this module."""
    path = Path(__file__).parent / f"{name}.toml"
    file = tomllib.loads(path.read_text(encoding="utf-8"))
    compiled: dict[str, Any] = {
        field.name: {key: _compiled(texts) for key, texts in file[field.name].items()}
        if field.name in _TABLES
        else _compiled(file[field.name], "$" if field.name in _AT_THE_END else "")
        for field in fields(Vocabulary)
    }
    return Vocabulary(**compiled)


def _compiled(texts: Sequence[str], end: str = "") -> Words:
    # An inline (?x) must stand at the start of a group of its own.
    parts = (f"(?x:{t[4:]})" if t.startswith("(?x)") else f"(?:{t})" for t in texts)
    return re.compile(f"(?:{'|'.join(parts)}){end}")


ENGLISH = read_vocabulary("english")
CHINESE = read_vocabulary("chinese")
