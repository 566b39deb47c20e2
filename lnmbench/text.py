"""Text for people: printable on one line, safe in a spreadsheet, counts with their nouns."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence

# controls, invisible formatting (with the marks that turn the reading direction), surrogates
_INVISIBLE = {"Cc", "Cf", "Cs"}
_NOT_SHOWN = {*_INVISIBLE, "Zl", "Zp"}
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")
_NUMBER = re.compile(r"[-+]?[.\d]+(?: \([-+−.\d]+ to [-+−.\d]+\))?")
_PLAIN_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,3})?", re.ASCII | re.IGNORECASE)
_BLANK = re.compile(r"(?<!\d) | (?!\d)")
_WHOLE = re.compile(r"^([-+]?\d+)\.0*$", re.ASCII)
# the true minus sign, and the full-width signs of East Asian keyboards
_NUMBER_SIGNS = {ord("−"): "-", **{0xFF00 + ord(c) - 0x20: c for c in "0123456789.+-eE"}}


def clean(text: str) -> str:
    """Return the text on one line, without control and invisible characters.

    Examples
    --------
    >>> clean("a\\x1b[31m\\n b")
    'a[31m b'
    """
    visible = "".join(c for c in text if c.isspace() or unicodedata.category(c) not in _INVISIBLE)
    return " ".join(visible.split())


def escape_invisible(text: str, *, keep: str = "") -> str:
    r"""Return text with control and invisible characters as escape sequences of TOML.

    Parameters
    ----------
    text
        Any text.
    keep
        Characters that are not escaped, such as line ends.

    Examples
    --------
    >>> escape_invisible("a\x1b[31m\u202eb")
    'a\\u001b[31m\\u202eb'
    """
    return "".join(c if c in keep else _escape(c) for c in text)


def format_json(tree: object, *, allow_nan: bool = False) -> str:
    """Return JSON with a newline at its end and invisible characters escaped.

    Raises `ValueError` for NaN and infinite numbers, which JSON lacks, unless they are allowed.
    """
    text = json.dumps(tree, ensure_ascii=False, allow_nan=allow_nan, indent=2)
    return "".join(c if c == "\n" or _is_visible(c) else json.dumps(c)[1:-1] for c in text) + "\n"


def _escape(character: str) -> str:
    if _is_visible(character):
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _is_visible(character: str) -> bool:
    return character.isprintable() or unicodedata.category(character) not in _NOT_SHOWN


def fold_spelling(text: str) -> str:
    """Return text without differences that a reader does not see or that do not matter.

    These are upper and lower case, runs of blanks, invisible characters, full-width letters, the
    two ways to write an accented letter, and zeros behind the point of a whole number.

    Examples
    --------
    >>> [fold_spelling(text) for text in (" Never\\u00a0 SMOKER ", "-9.0", "9.05")]
    ['never smoker', '-9', '9.05']
    """
    folded = clean(unicodedata.normalize("NFKC", text)).strip().casefold()
    return _WHOLE.sub(r"\1", folded)


def join_spelling(text: str) -> str:
    """Return a folded spelling without blanks, but for those between two digits.

    Examples
    --------
    >>> [join_spelling(text) for text in ("T 1a", "≥ 3", "1 0")]
    ['t1a', '≥3', '1 0']
    """
    return _BLANK.sub("", fold_spelling(text))


def parse_number(text: str) -> float | None:
    """Return the number that a text states in digits, or None if it is not plainly one.

    `float` accepts more: digits of other scripts, underscores, infinity and NaN.

    Examples
    --------
    >>> [parse_number(text) for text in ("5", "+.5", "1e3", "−５", "1_0", "inf", "1,5")]
    [5.0, 0.5, 1000.0, -5.0, None, None, None]
    """
    plain = text.strip()
    if not plain.isascii():
        plain = plain.translate(_NUMBER_SIGNS)
    return float(plain) if _PLAIN_NUMBER.fullmatch(plain) else None


def plural(count: int, noun: str, plural_noun: str | None = None) -> str:
    """Return a count with its noun.

    Parameters
    ----------
    count
        How many there are.
    noun
        The singular, followed by its verb if the sentence has one ("patient is").
    plural_noun
        The plural; by default the singular with an s.

    Examples
    --------
    >>> plural(1, "case"), plural(0, "case"), plural(2, "entry", "entries")
    ('1 case', '0 cases', '2 entries')
    """
    return f"{count} {noun if count == 1 else plural_noun or f'{noun}s'}"


def quote(text: str, most: int = 60) -> str:
    r"""Return text in quotation marks, escaped and cut, which is safe to print.

    Examples
    --------
    >>> quote("age"), quote("a\x1b[31mb"), quote("abcdef", 4)
    ("'age'", "'a\\x1b[31mb'", "'abc…'")
    """
    return repr(text if len(text) <= most else f"{text[: most - 1]}…")


def join_first(parts: Sequence[str], most: int, *, separator: str = ", ") -> str:
    """Return the first parts of a list on one line, and the number of the others.

    Parameters
    ----------
    parts
        The parts.
    most
        The largest number of parts to show.
    separator
        The text between two parts.

    Examples
    --------
    >>> join_first(["a", "b"], 2), join_first(["a", "b", "c"], 1, separator="; ")
    ('a, b', 'a; and 2 more')
    """
    more = len(parts) - most
    return separator.join([*parts[:most], *([f"and {more} more"] if more > 0 else [])])


def format_sides(numbers: Iterable[float], digits: int = 6) -> str:
    """Return the numbers of the axes of a grid.

    Examples
    --------
    >>> format_sides([0.7, 0.7, 5.0])
    '0.7 × 0.7 × 5'
    """
    return " × ".join(f"{number:.{digits}g}" for number in numbers)


def escape_formula(text: str) -> str:
    """Return text that no spreadsheet interprets as a formula: an apostrophe precedes it.

    Examples
    --------
    >>> escape_formula("=1+1"), escape_formula("+.008"), escape_formula("resnet50")
    ("'=1+1", '+.008', 'resnet50')
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def format_csv(columns: Sequence[str], rows: Iterable[Sequence[str | int | float | None]]) -> str:
    r"""Return a CSV table that is safe to open in a spreadsheet.

    Texts that look like formulas are escaped, and so are invisible characters. Numbers keep their
    full precision; None, NaN and infinite numbers are empty cells.

    Parameters
    ----------
    columns
        The names in the header.
    rows
        The cells of each row, as many as columns.

    Examples
    --------
    >>> format_csv(["name", "value"], [["=a", 0.5], ["b", None]])
    "name,value\n'=a,0.5\nb,\n"
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(map(_csv_cell, columns))
    writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
    return stream.getvalue()


def _csv_cell(cell: str | int | float | None) -> str:
    if isinstance(cell, str):
        return escape_formula(escape_invisible(cell))
    if isinstance(cell, int):
        return str(cell)
    return "" if cell is None or not math.isfinite(cell) else repr(float(cell))
