"""Terms of clinical tables in ten languages, read from `terms/*.toml`.

A file has topics, and a topic has terms by language. A term is one or more words; `*` at the
beginning or end of a word is any letters, `<n>` any number, and `=` before a term means that it is
the whole name. Latin words match whole words, Chinese, Japanese and Korean ones parts of a text. A
term in capitals is an acronym: it matches capitals, a whole name, and parts of a snake_case name.
Umlauts also match in their spelling with e (`ae`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise

from lnmbench.lexicon.normal_form import CJK, fold, list_acronyms, split_capitals, split_words

_ACRONYM = re.compile(r"[A-Z]{2,}")
_PART = re.compile(rf"<n>|[a-z*]+|[0-9]+|[{CJK}]+|[+#]")
_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A subject of columns. `file` is the name of its file, `flags` are its keys that are true."""

    file: str
    key: str
    reason: str
    flags: frozenset[str]
    words: re.Pattern[str]
    acronyms: re.Pattern[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A topic that a name mentions, and the place of the term."""

    topic: Topic
    start: int
    end: int

    def is_inside(self, other: Match) -> bool:
        """Return whether another match covers this one and more."""
        longer = other.end - other.start > self.end - self.start
        return longer and other.start <= self.start and self.end <= other.end


@lru_cache(maxsize=4096)
def find_topics(name: str, *names: str) -> tuple[Topic, ...]:
    """Return the topics of some files that a name mentions.

    A term inside a longer one does not count: "neoadjuvant" is not "adjuvant".

    Parameters
    ----------
    name
        The name of a column.
    names
        Names of files with terms, without suffix.
    """
    acronyms = list_acronyms(name)
    is_snake = "_" in name
    topics: dict[str, Topic] = {}
    for text in dict.fromkeys((split_words(name), split_capitals(name))):
        matches = [
            match
            for file in names
            for topic in read_topics(file)
            for match in _match(topic, text, acronyms, is_snake=is_snake)
        ]
        for match in matches:
            if not any(match.is_inside(other) for other in matches):
                topics[f"{match.topic.file} {match.topic.key}"] = match.topic
    return tuple(topics.values())


def has_role(name: str, role: str) -> bool:
    """Return whether a name has a word for a topic of `roles.toml`, e.g. `id` or `date`.

    Examples
    --------
    >>> has_role("Fallnummer", "id"), has_role("postal code", "date")
    (True, False)
    """
    return any(topic.key == role for topic in find_topics(name, "roles"))


@cache
def read_topics(name: str) -> tuple[Topic, ...]:
    """Return the topics of a file with terms."""
    tables: dict[str, dict[str, list[str] | str | bool]] = tomllib.loads(_read(name))
    return tuple(_make_topic(name, key, table) for key, table in tables.items())


@cache
def read_lists(name: str) -> dict[str, list[str]]:
    """Return a file with lists of words."""
    lists: dict[str, list[str]] = tomllib.loads(_read(name))
    return lists


def _read(name: str) -> str:
    return files("lnmbench.lexicon").joinpath("terms", f"{name}.toml").read_text(encoding="utf-8")


def _match(topic: Topic, text: str, acronyms: set[str], *, is_snake: bool) -> Iterator[Match]:
    for match in topic.words.finditer(text):
        yield Match(topic=topic, start=match.start(), end=match.end())
    if topic.acronyms is None:
        return
    for match in topic.acronyms.finditer(text):
        if match[0] in acronyms or match[0] == text or is_snake:
            yield Match(topic=topic, start=match.start(), end=match.end())


def _make_topic(file: str, key: str, table: dict[str, list[str] | str | bool]) -> Topic:
    terms = [term for value in table.values() if isinstance(value, list) for term in value]
    acronyms = [term for term in terms if _ACRONYM.fullmatch(term)]
    words = [spelling for term in terms if term not in acronyms for spelling in _spell(term)]
    return Topic(
        file=file,
        key=key,
        reason=str(table.get("reason", "")),
        flags=frozenset(name for name, value in table.items() if value is True),
        words=_compile(words),
        acronyms=_compile(acronyms) if acronyms else None,
    )


def _spell(term: str) -> Iterator[str]:
    yield term
    spelled = term
    for umlaut, letters in _UMLAUTS.items():
        spelled = spelled.replace(umlaut, letters)
    if spelled != term:
        yield spelled


def _compile(terms: list[str]) -> re.Pattern[str]:
    """Return a pattern that finds the longest of some terms."""
    patterns = sorted({_make_pattern(term) for term in terms}, key=len, reverse=True)
    return re.compile("|".join(patterns) or r"(?!)")


def _make_pattern(term: str) -> str:
    parts = _PART.findall(fold(term))
    pattern = _make_part(parts[0])
    for before, part in pairwise(parts):
        # A single letter is a word of its own: the T stage "p t" is not "pt", the patient.
        separator = " " if len(before) == 1 or len(part) == 1 else " ?"
        pattern += separator + _make_part(part)
    if term.startswith("="):
        return rf"\A{pattern}\Z"
    return rf"(?<![a-z]){pattern}(?![a-z])" if parts[0].isascii() else pattern


def _make_part(part: str) -> str:
    if part == "<n>":
        return "[0-9]+"
    return re.escape(part).replace(r"\*", "[a-z]*")
