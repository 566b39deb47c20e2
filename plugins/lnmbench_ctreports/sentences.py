"""Sentences of a CT report: text normalized character by character, then split by section.

Normalization keeps the length of the text, so spans also hold in the original.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from lnmbench_ctreports.vocabulary import CHINESE, ENGLISH, Vocabulary

_HALF_WIDTH = str.maketrans(
    {"×": "x", "✕": "x", "*": "x", "Ｘ": "x", "〜": "~", "～": "~", "–": "-", "—": "-", "−": "-"}
    | {"\u3000": " ", "\u00a0": " ", "\t": " ", "ⅹ": "x", "∶": ":", "【": "(", "】": ")"}
)
_UNIT = r"(?:mm|cm|毫米|厘米|公分)(?![a-z0-9²³/])"
_CENTIMETERS = ("cm", "厘米", "公分")
_AMOUNT = r"\d{1,3}(?:[.,]\d{1,2})?"
_DECIMAL_COMMA = re.compile(
    rf"(?<![\d.,a-z])\d{{1,3}}(,)(\d{{1,2}})(?![\d.,])"
    rf"(?=(?:\s*+(?:{_UNIT})?\s*+(?:\([a-z]{{1,3}}\)\s*+)?(?:x|by|[-~])\s*+{_AMOUNT}){{0,2}}\s*+(?:\([a-z]{{1,3}}\)\s*+)?-?\s*+({_UNIT}))"
)
_NUMBERED = re.compile(
    r"(?:\b(?:stations?|levels?|zones?|groups?|images?|im|img|series|se|slices?|segments?|and|or)"
    r"|[第段区组站层]|\d[rlap]?[,、])\s*#?$"
)
_NEAR = 40
"""Maximum number of characters in which the words before a number, or a heading, are found."""
LONGEST = 1000
"""Maximum number of characters of a sentence that is read: a longer one is not a sentence."""
_OTHER_SCRIPTS = re.compile(r"[\u3040-\u30ff\uac00-\ud7af\u0400-\u04ff]")
_OTHER_LANGUAGES = re.compile(
    r"\b(?:der|die|das|und|mit|im|ist|kein\w*|ohne|le|les|du|des|et|sans|avec|une?"
    r"|el|los|las|del|con|sin|una|il|della?|senza|nel|het|een|zonder)\b"
)
_END = re.compile(r"[。；;!?]|(?<!approx)(?<!\bca)(?<!\bno)(?<!\bvs)\.(?=\s|$)|\.(?=[^\W\d])|\n")
_WRAPPED = re.compile(r"[ ]*+(?:[a-z]|\d++(?:\.\d++)?[ ]*+(?:x|mm|cm))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A range of characters of a sentence, from `start` up to `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """Normalized text, its position in the report, and the vocabulary of its language."""

    text: str
    start: int
    vocabulary: Vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A value, and the sentence and the span in it that state the value."""

    value: object
    sentence: Sentence
    span: Span


def normalize(text: str) -> str:
    """Return the text in lower case with half-width characters, of the same length.

    A decimal comma of a size becomes a point: between digits, one or two digits and a unit after
    it. Anything that may be a list (`8,12 mm`, `station 7,8 mm`) is not changed.

    Examples
    --------
    >>> normalize("３．２ｃｍ×２．１ＣＭ，")
    '3.2cmx2.1cm,'
    >>> normalize("5,2 x 4,1 cm; 8, 12 and 15 mm")
    '5.2 x 4.1 cm; 8, 12 and 15 mm'
    """
    normalized = "".join(map(_normalize_character, text)).translate(_HALF_WIDTH)
    characters = list(normalized)
    for match in _DECIMAL_COMMA.finditer(normalized):
        comma = match.start(1)
        unambiguous = len(match[2]) == 1 or match[3] in _CENTIMETERS
        start = match.start()
        is_numbered = _NUMBERED.search(normalized, max(0, start - _NEAR), start)
        if unambiguous and text[comma] == "," and not is_numbered:
            characters[comma] = "."
    return "".join(characters)


def _normalize_character(character: str) -> str:
    if "！" <= character <= "～":
        character = chr(ord(character) - 0xFEE0)
    lower = character.lower()
    return lower if len(lower) == 1 else character


def detect_language(text: str) -> Literal["en", "zh"] | None:
    """Return the language of a normalized text, or None if it is neither English nor Chinese."""
    if _OTHER_SCRIPTS.search(text):
        return None
    if CHINESE.markers.search(text):
        return "zh"
    english = len(ENGLISH.markers.findall(text))
    return "en" if english > len(_OTHER_LANGUAGES.findall(text)) else None


def split_sentences(text: str, language: Literal["auto", "en", "zh"]) -> tuple[Sentence, ...]:
    """Return the sentences of a normalized text; `auto` detects the language of each.

    Sections on other studies, on the history and on the technique are left out, and sentences that
    are longer than `LONGEST`: rules for one sentence do not hold for a text without full stops.
    """
    sentences: list[Sentence] = []
    skipping = prior = False
    for start, end in _split(text):
        piece = text[start:end]
        vocabulary = _choose_vocabulary(piece, language)
        opening = piece.lstrip(" (#-0123456789.")[:LONGEST]
        if vocabulary.prior_sections.match(opening):
            skipping = prior = True
        elif vocabulary.skipped_sections.match(opening):
            skipping, prior = True, False
        elif vocabulary.read_sections.match(opening) or (
            prior and not _is_on_prior_study(piece, vocabulary)
        ):
            skipping = prior = False
        if not skipping and len(piece) <= LONGEST:
            text_of_piece = piece.replace("\n", " ")
            sentences.append(Sentence(text=text_of_piece, start=start, vocabulary=vocabulary))
    return tuple(sentences)


def _is_on_prior_study(piece: str, vocabulary: Vocabulary) -> bool:
    """Return whether a sentence after a comparison heading still describes the earlier study."""
    opening = piece.lstrip(" (#-:\n")[:LONGEST]
    return bool(vocabulary.prior_study.match(opening)) and not vocabulary.today.search(piece)


def _split(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _END.finditer(text):
        if match.group() == "\n" and _is_wrapped(text, match.start()):
            continue
        if text[start : match.start()].strip():
            yield start, match.start()
        start = match.end()
    if text[start:].strip():
        yield start, len(text)


def _is_wrapped(text: str, newline: int) -> bool:
    """Return whether a sentence continues on the next line: no stop before, no heading after."""
    before = text[max(0, newline - LONGEST) : newline].rstrip(" ")
    line = text[newline + 1 : newline + 1 + _NEAR].partition("\n")[0]
    ended = not before or before[-1] in ".:;。；,\n"
    return not ended and ":" not in line and bool(_WRAPPED.match(text, newline + 1))


def _choose_vocabulary(piece: str, language: Literal["auto", "en", "zh"]) -> Vocabulary:
    chinese = bool(CHINESE.markers.search(piece)) if language == "auto" else language == "zh"
    return CHINESE if chinese else ENGLISH
