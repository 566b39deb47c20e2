"""A report's text made plain, character by character, so that spans stay those of the original."""

from __future__ import annotations

import re
from typing import Literal

from lnmbench_ctreports.vocabulary import CHINESE, ENGLISH

_OTHER_SIGNS = str.maketrans(
    {"×": "x", "✕": "x", "*": "x", "Ｘ": "x", "〜": "~", "～": "~", "–": "-", "—": "-", "−": "-"}
    | {"\u3000": " ", "\u00a0": " ", "\t": " ", "ⅹ": "x", "∶": ":", "【": "(", "】": ")"}
)
_OTHER_SCRIPTS = re.compile(r"[\u3040-\u30ff\uac00-\ud7af\u0400-\u04ff]")
_OTHER_LANGUAGES = re.compile(
    r"\b(?:der|die|das|und|mit|im|ist|kein\w*|ohne|le|les|du|des|et|sans|avec|une?"
    r"|el|los|las|del|con|sin|una|il|della?|senza|nel|het|een|zonder)\b"
)


def plain(text: str) -> str:
    """Return the text in lower case with half-width signs, of the same length.

    Examples
    --------
    >>> plain("３．２ｃｍ×２．１ＣＭ，")
    '3.2cmx2.1cm,'
    """
    return "".join(map(_plain, text)).translate(_OTHER_SIGNS)


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
