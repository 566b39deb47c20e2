"""Encoding of text tables: read right where it is certain, refused otherwise."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from pathlib import Path

from lnmbench.errors import UserError
from lnmbench.tables.frequent_characters import CERTAIN, FREQUENT

STATE_OR_SAVE = "set encoding in [table] of the dictionary, or save it as UTF-8"
SAVE = "save it as UTF-8"

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# the codecs of Windows hold the standards that tables name, and a few letters more
_CODECS = {
    "big5": "cp950",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
}
_WESTERN = ("cp1252", "mac_roman", "cp850")
_LEAST_SHARE = 0.5
_MOST_SHARE_OF_OTHERS = 0.3
_FEWEST_LETTERS = 3
_MANY_LETTERS = 20
_MOST_SHARE_BY_CHANCE = 0.2
_FEW_BYTES = 400
_CERTAIN_SHARE = 0.9
_LONGEST_SAMPLE = 1 << 20

_LETTERS = "ÄÖÜßäöüÀÂÇÈÉÊËÎÏÔÙÛàâçèéêëîïôùûÿœŒæÆÁÍÑÓÚáíñóúÃÕãõìòÌÒåÅøØ"
_SYMBOLS = "€£§©®°±µ·×÷«»¡¿ªº¹²³½¼¾–—‘’‚“”„…•™‰†¶\u00a0\u00ad"
_ODD = re.compile(
    "|".join(
        (
            f"[^\\x00-\\x7f{_LETTERS}{_SYMBOLS}]",
            f"[{_LETTERS}]{{3}}|(?<![a-zA-Z])[{_LETTERS}]{{2}}(?![a-zA-Z])",
            "[a-zäöüßàâçèéêëîïôùûáíñóúãõ][ÄÖÜÀÂÇÈÉÊËÎÏÔÙÛÁÍÑÓÚÃÕÌÒÅØÆŒ]",
            f"[ÃÂ][{_LETTERS}{_SYMBOLS}]",
            rf"\d[{_LETTERS}]+\d",
            f"(?<=[a-zA-Z{_LETTERS}])[£§©®°±×÷«»¡¿½¼¾‚“”„…•™‰†¶](?=[a-zA-Z{_LETTERS}])",
            f"(?<=[a-zA-Z{_LETTERS}])[‚„•†‰¡¿]",
            r"(?<![mM\d)])[¹²³]|[¹²³](?=[a-zA-Z])",
        )
    )
)
_KNOWN_LETTERS = frozenset[str]().union(*FREQUENT.values())
_ISO_2022 = re.compile(rb"\x1b(\$[@AB]|\$\)[AC]|\([BIJ])")
_DOUBTFUL = re.compile("(?<=[a-z])([–—](?! )|…)")
_DECODED_TWICE = re.compile("[ÃÂ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€|ï»¿")


def decode_text(
    content: bytes, path: Path, encoding: str | None = None, *, then: str = SAVE
) -> tuple[str, tuple[str, ...]]:
    """Return the text of a file, and notes for the user.

    UTF-8, and UTF-16 and UTF-32 with their byte order marks, are recognized for certain. Of other
    encodings, only one may yield letters and words that tables have; a note names it.

    Parameters
    ----------
    content
        The bytes of the file.
    path
        The file, for messages.
    encoding
        The encoding as stated by the user, instead of a detected one.
    then
        The next step for a file whose encoding is not certain.

    Raises
    ------
    UserError
        If the encoding is not certain, if the bytes are not of the stated encoding, and for NUL
        characters, which no text table has.
    """
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    if marked and encoding and _family(encoding) != marked:
        raise UserError(
            f"{path} is not {encoding}",
            got=f"the byte order mark of {marked}",
            then="remove the key encoding of [table]",
        )
    name = marked or encoding or _detect(content, path, then)
    try:
        text = content.decode(_find_codec(name)).removeprefix("\ufeff").rstrip("\x1a")
    except UnicodeDecodeError as error:
        raise UserError(
            f"{path} is not {name}",
            where=f"line {_find_line(content, error.start)}",
            then=then.replace("set encoding", "set another encoding"),
        ) from error
    if "\0" in text:
        raise UserError(f"{path} is not a text table", got="NUL characters")
    notes = []
    if name not in (marked, encoding, "utf-8"):
        notes.append(f"{path.name} is not UTF-8 and was read as {name}: check letters of names")
    damaged = "\ufffd" in text or _DECODED_TWICE.search(text)
    if damaged:
        notes.append(
            f"{path.name} has letters that were damaged before ('\ufffd' or such as 'Ã¼'): export "
            "it again as UTF-8"
        )
    return text, tuple(notes)


def decode_beginning(content: bytes) -> str:
    """Return the text of the first bytes of a file, invalid bytes replaced."""
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    return content.decode(marked, errors="replace").removeprefix("\ufeff")


def _family(encoding: str) -> str:
    """Return the name of an encoding without its byte order."""
    return codecs.lookup(encoding).name.removesuffix("-sig")[:6].removesuffix("-")


def _find_codec(encoding: str) -> str:
    name = codecs.lookup(encoding).name
    return _CODECS.get(name, name)


def _find_line(content: bytes, position: int) -> int:
    return content.count(b"\n", 0, position) + 1


def _detect(content: bytes, path: Path, then: str) -> str:
    if b"\0" in content:
        return _detect_utf_16(content, path)
    if _ISO_2022.search(content):
        raise UserError(f"{path} is not UTF-8", got="escape sequences of ISO-2022", then=then)
    try:
        text = content.decode("utf-8")
        candidates, where, is_certain = ["utf-8"], "", True
        if _may_be_chance(text, content):
            candidates += _list_plausible(content)[0]
            is_certain = False
    except UnicodeDecodeError as error:
        where = f"line {_find_line(content, error.start)}"
        if _has_utf_8_lines(content):
            raise UserError(
                f"{path} mixes UTF-8 and another encoding", where=where, then=then
            ) from None
        candidates, is_certain = _list_plausible(content)
    if is_certain:
        return candidates[0]
    problem = f"the encoding of {path} is not certain"
    raise UserError(problem, where=where, got=" or ".join(candidates), then=then)


def _may_be_chance(text: str, content: bytes) -> bool:
    """Return whether a few letters of another encoding may be valid UTF-8 by chance."""
    if text.isascii():
        return False
    letters = {character for character in text if not character.isascii()}
    if letters & _KNOWN_LETTERS or letters & set(_LETTERS + _SYMBOLS):
        return False
    few = sum(byte >= 0x80 for byte in content[:_LONGEST_SAMPLE]) <= _FEW_BYTES
    return few and any(
        _measure_share(_list_letters(content, name), name) >= _CERTAIN_SHARE for name in FREQUENT
    )


def _detect_utf_16(content: bytes, path: Path) -> str:
    """Return the byte order in which the text has the ASCII characters of a table."""
    counts = {}
    for name in ("utf-16-le", "utf-16-be"):
        text = _decode_or_none(content, name)
        if text is not None and "\0" not in text:
            counts[name] = sum(character.isascii() for character in text[:_LONGEST_SAMPLE])
    best = max(counts, key=lambda name: counts[name], default="")
    if not best or counts[best] < 2 or counts[best] < 5 * (sum(counts.values()) - counts[best]):
        raise UserError(f"{path} is not a text table", got="NUL characters")
    return best


def _list_plausible(content: bytes) -> tuple[list[str], bool]:
    """Return the encodings in which the bytes are text of a language, and whether one is certain.

    Few different letters may be frequent by chance, unless these are words such as male.
    """
    letters = {name: _list_letters(content, name) for name in FREQUENT}
    shares = {name: _measure_share(letters[name], name) for name in FREQUENT}
    likely = [name for name, share in shares.items() if share >= _LEAST_SHARE]
    if likely:
        others = [
            name
            for name, share in shares.items()
            if share >= _MOST_SHARE_OF_OTHERS and not _is_chance(letters[name], name)
        ]
        names = sorted({*likely, *others}, key=lambda name: -shares[name])
        known = FREQUENT[names[0]].intersection(letters[names[0]])
        is_certain = len(known) >= _FEWEST_LETTERS or known <= CERTAIN
        return names, is_certain and len(names) == 1
    western = [name for name in _WESTERN if _is_western(_decode_or_none(content, name))]
    # text of Windows, unless a dash or ellipsis at a word may be a letter of another encoding
    if western[:1] == ["cp1252"] and not _DOUBTFUL.search(content.decode("cp1252")):
        western = western[:1]
    return western, len(western) == 1


def _is_chance(letters: Sequence[str], name: str) -> bool:
    """Return whether only a few of many different letters are frequent: words that repeat."""
    distinct = set(letters)
    share = _measure_share(sorted(distinct), name)
    return len(distinct) >= _MANY_LETTERS and share <= _MOST_SHARE_BY_CHANCE


def _list_letters(content: bytes, name: str) -> list[str]:
    """Return the letters of East Asia in the text."""
    text = _decode_or_none(content, name) or ""
    return [character for character in text[:_LONGEST_SAMPLE] if _is_letter(character)]


def _measure_share(letters: Sequence[str], name: str) -> float:
    """Return the share of frequent ones among the letters of an encoding."""
    frequent = FREQUENT[name]
    return sum(letter in frequent for letter in letters) / len(letters) if letters else 0.0


def _decode_or_none(content: bytes, name: str) -> str | None:
    try:
        return content.decode(_find_codec(name))
    except UnicodeDecodeError:
        return None


def _is_letter(character: str) -> bool:
    """Return whether a character is a letter of East Asia, without punctuation."""
    return character >= "\u3041" and not "\uff00" <= character <= "\uffef"


def _is_western(text: str | None) -> bool:
    return text is not None and not _ODD.search(text)


def _has_utf_8_lines(content: bytes) -> bool:
    """Return whether the text of some lines, but not of all, is UTF-8 with letters of a language.

    Single letters of two bytes may be valid by chance.
    """
    lines = [_decode_or_none(line, "utf-8") for line in content.splitlines() if not line.isascii()]
    return any(
        line is not None
        and all(c.isascii() or c in _KNOWN_LETTERS or c in _LETTERS + _SYMBOLS for c in line)
        for line in lines
    )
