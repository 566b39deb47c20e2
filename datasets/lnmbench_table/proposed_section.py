"""Section of a proposed dictionary: TOML, or TOML in comments with the reason."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from lnmbench.text import plural
from lnmbench_table.guesses import Guess

_INVISIBLE = ("Cc", "Cf", "Cs", "Zl", "Zp")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section `[columns.NAME]`: its lines, or why they are comments.

    `reason` comments the section out; `is_used` is false for a column without lines.
    """

    name: str
    guess: Guess
    lines: tuple[str, ...] = ()
    reason: str = ""

    @property
    def label_keys(self) -> tuple[str, ...]:
        """The keys of the values of a label, where the order of two classes matters."""
        return tuple(_format_keys(self.guess, needs_order=True))

    @property
    def feature_keys(self) -> tuple[str, ...]:
        """The keys of the values of a feature: kind, categories, missing values, numbers."""
        return tuple(_format_keys(self.guess, needs_order=False))

    def use(self, *lines: str) -> Section:
        """Return the section with these lines."""
        return replace(self, lines=lines)

    def comment(self, reason: str) -> Section:
        """Return the section in comments."""
        return replace(self, reason=reason)

    def leave_out(self, problem: str) -> Section:
        """Return a line that says why the column is not used."""
        return replace(self, lines=(), reason=f"{problem}; not used.")

    def format(self) -> Iterator[str]:
        """Yield the lines of the file."""
        header = f"[columns.{self.name if _BARE.fullmatch(self.name) else quote(self.name)}]"
        if not self.lines:
            yield f"# {header} {self.reason}"
        elif self.reason:
            yield f"# {header}  # {self.reason}"
            yield from (f"# {line}" for line in self.lines)
        else:
            yield from (header, *self.lines)


def quote(text: str) -> str:
    """Return a TOML basic string: JSON's escapes are valid in TOML, which also forbids DEL.

    Invisible characters are escaped, among them those that turn the reading direction.
    """
    escaped = json.dumps(text, ensure_ascii=False)
    return "".join(_escape(c) if unicodedata.category(c) in _INVISIBLE else c for c in escaped)


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _format_keys(guess: Guess, *, needs_order: bool) -> Iterator[str]:
    yield f'kind = "{guess.kind}"'
    categories = _format_list(guess.categories)
    if guess.categories and needs_order and not guess.is_ordered:
        yield f"categories = []  # order: negative, positive: decide between {categories}"
    elif guess.categories:
        yield f"categories = {categories}"
    if guess.missing:
        yield f"missing = {_format_list(guess.missing)}{_describe_excluded(guess)}"
    if guess.numbers.decimal:
        yield f'decimal = "{guess.numbers.decimal}"'
    if guess.numbers.unit:
        yield f"unit = {quote(guess.numbers.unit)}"


def _describe_excluded(guess: Guess) -> str:
    if not guess.excluded:
        return ""
    cells = plural(guess.excluded, "cell")
    return f"  # with {cells} of clinical (c) classes or classes after neoadjuvant therapy (y)"


def _format_list(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(quote, texts))}]"
