"""TOML files that people write: read in the encodings of editors, slips named with the remedy."""

from __future__ import annotations

import codecs
import re
import tomllib
from pathlib import Path

from lnmbench.errors import UserError, reading

_MOST_BYTES = 1 << 24
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")
_CURLY = re.compile("[“”„‟«»‘’‚＂]")
_HEADER = re.compile(r"\s*\[+(.*?)\]*\s*(?:#.*)?")
_BARE_HEADER = re.compile(r"[A-Za-z0-9_\-. \t\"']*", re.ASCII)
_TWICE = re.compile(r"Cannot declare \((.*)\) twice")
_COLON = re.compile(r"\s*[\w-]+\s*:")
_BARE_TEXT = re.compile(r"[^=]*=\s*[^\d\s\"'\[{+-]")


def read_toml(path: Path) -> dict[str, object]:
    """Read a TOML file in UTF-8, or in UTF-16 with its byte order mark.

    Raises `UserError` for a file that cannot be read, with the line and the remedy for slips.
    """
    with reading(path), path.open("rb") as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise UserError(f"{path} is too large", expected=f"at most {_MOST_BYTES >> 20} MiB")
    if b"\0" in content and not content.startswith(_UTF_16):
        raise UserError(f"{path} is not UTF-8", got="NUL characters", then="save it as UTF-8")
    try:
        text = content.decode("utf-16" if content.startswith(_UTF_16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UserError(
            f"{path} is not UTF-8", where=f"line {line}", then="save it as UTF-8"
        ) from error
    return parse_toml(text, path)


def parse_toml(text: str, path: Path) -> dict[str, object]:
    """Parse the text of a TOML file; `path` is for error messages."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _describe(error, text, path) from error
    except RecursionError as error:
        raise UserError(f"{path} is nested too deeply", expected="sections with keys") from error


def _describe(error: tomllib.TOMLDecodeError, text: str, path: Path) -> UserError:
    problem, lines = str(error), text.splitlines()
    place = _PLACE.search(problem)
    number = int(place[1]) if place is not None and place[1] else len(lines)
    line = lines[number - 1] if 0 < number <= len(lines) else ""
    twice = _TWICE.search(problem)
    return UserError(
        f"{path} is not valid TOML",
        where=f"line {number}",
        got=_PLACE.sub("", problem)[:120],
        then="remove one of the two sections" if twice else _advise(line),
    )


def _advise(line: str) -> str:
    """Return the remedy for a line with a frequent slip, or nothing."""
    header = _HEADER.fullmatch(line) if line.lstrip().startswith("[") else None
    if _CURLY.search(line):
        return 'use straight quotes (")'
    if header is not None and not _BARE_HEADER.fullmatch(header[1]):
        return 'put names with other letters than a to z in quotes: [columns."Größe"]'
    if header is not None and re.search(r"\w\s+\w", header[1]):
        return 'put names with blanks in quotes: [columns."CT report"]'
    if re.search(r"[^\x00-\x7f]", line.strip("\t ")[:1]) or "\u00a0" in line:
        return "remove invisible blanks, and put names in quotes"
    if line.count('"') % 2:
        return "close the quotes"
    if "\\" in line:
        return "use single quotes for text with backslashes"
    if re.search(r"=\s*(True|False)\b", line):
        return "write true or false"
    if line.count("{") > line.count("}"):
        return "write { … } on one line"
    if re.search(r"=\s*[-+]?\d+,\d", line):
        return "write a decimal point"
    if _COLON.match(line):
        return "write = instead of a colon"
    return "put text in quotes" if _BARE_TEXT.match(line) else ""
