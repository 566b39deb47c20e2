"""A report's text made plain, character by character, so that spans stay those of the original."""

from __future__ import annotations

import re
from typing import Literal

from lnmbench_ctreports.vocabulary import CHINESE, ENGLISH

_OTHER_SIGNS = str.maketrans(
    {"×": "x", "✕": "x", "*": "x", "Ｘ": "x", "〜": "~", "～": "~", "–": "-", "—": "-", "−": "-"}
    | {"\u3000": " ", "\u00a0": " ", "\t": " ", "ⅹ": "x", "∶": ":", "【": "(", "】": ")"}
)
_UNIT = r"(?:mm|cm|毫米|厘米|公分)(?![a-z0-9²³/])"
_CENTIMETRES = ("cm", "厘米", "公分")
_AMOUNT = r"\d{1,3}(?:[.,]\d{1,2})?"
_DECIMAL_COMMA = re.compile(
    rf"(?<![\d.,a-z])\d{{1,3}}(,)(\d{{1,2}})(?![\d.,])"
    rf"(?=(?:\s*(?:{_UNIT})?\s*(?:\([a-z]{{1,3}}\)\s*)?(?:x|by|[-~])\s*{_AMOUNT}){{0,2}}\s*(?:\([a-z]{{1,3}}\)\s*)?-?\s*({_UNIT}))"
)
_NUMBERED = re.compile(
    r"(?:\b(?:stations?|levels?|zones?|groups?|images?|im|img|series|se|slices?|segments?|and|or)"
    r"|[第段区组站层]|\d[rlap]?[,、])\s*#?$"
)
_OTHER_SCRIPTS = re.compile(r"[\u3040-\u30ff\uac00-\ud7af\u0400-\u04ff]")
_OTHER_LANGUAGES = re.compile(
    r"\b(?:der|die|das|und|mit|im|ist|kein\w*|ohne|le|les|du|des|et|sans|avec|une?"
    r"|el|los|las|del|con|sin|una|il|della?|senza|nel|het|een|zonder)\b"
)


def plain(text: str) -> str:
    """Return the text in lower case with half-width signs, of the same length.

    A decimal comma of a size becomes a point: between digits, one or two digits and a unit after
    it. What may be a list (`8,12 mm`, `station 7,8 mm`) stays as it is.

    Examples
    --------
    >>> plain("３．２ｃｍ×２．１ＣＭ，")
    '3.2cmx2.1cm,'
    >>> plain("5,2 x 4,1 cm; 8, 12 and 15 mm")
    '5.2 x 4.1 cm; 8, 12 and 15 mm'
    """
    even = "".join(map(_plain, text)).translate(_OTHER_SIGNS)
    signs = list(even)
    for match in _DECIMAL_COMMA.finditer(even):
        comma = match.start(1)
        sure = len(match[2]) == 1 or match[3] in _CENTIMETRES
        if sure and text[comma] == "," and not _NUMBERED.search(even[: match.start()]):
            signs[comma] = "."
    return "".join(signs)


def _plain(sign: str) -> str:
    if "！" <= sign <= "～":
        sign = chr(ord(sign) - 0xFEE0)
    lower = sign.lower()
    return lower if len(lower) == 1 else sign


def language(text: str) -> Literal["en", "zh"] | None:
    """Return the language of a plain text, or None where it is neither English nor Chinese."""
    if _OTHER_SCRIPTS.search(text):
        return None
    if CHINESE.markers.search(text):
        return "zh"
    english = len(ENGLISH.markers.findall(text))
    return "en" if english > len(_OTHER_LANGUAGES.findall(text)) else None
