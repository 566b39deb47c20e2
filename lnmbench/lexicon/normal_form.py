"""Normal form of names and cells: without case, accents, width and punctuation."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 200
"""Characters of a text that are compared."""

CJK = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7a3"
"""Characters of Chinese, Japanese and Korean, for a character class."""

_PIECE = re.compile(rf"[a-z]+|[0-9]+|[{CJK}]+|[+#]")
_CAPITAL = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ACRONYM = re.compile(r"(?<![A-Za-z])[A-Z]{2,}(?![A-Z])(?![a-z]{2})")
_COMBINING = re.compile("[\u0300-\u036f]")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))


def fold(text: str) -> str:
    """Return the text without case, Latin accents and differences of width.

    Examples
    --------
    >>> fold("PRÄOPERATIV"), fold("ｐＮ１"), fold("Größe")
    ('praoperativ', 'pn1', 'grosse')
    """
    wide = unicodedata.normalize("NFKC", text[:LONGEST]).translate(_DASHES).casefold()
    bare = _COMBINING.sub("", unicodedata.normalize("NFD", wide))
    return unicodedata.normalize("NFC", bare)


def split_words(text: str) -> str:
    """Return the words, numbers and signs of a name, separated by blanks.

    Letters and digits are separate words; blanks between CJK characters are dropped.

    Examples
    --------
    >>> split_words("pT_stage (cm)"), split_words("FEV1 %"), split_words("수술 전 CEA")
    ('pt stage cm', 'fev 1', '수술전 cea')
    """
    words: list[str] = []
    for piece in _PIECE.findall(fold(text)):
        if words and _is_cjk(piece) and _is_cjk(words[-1]):
            words[-1] += piece
        else:
            words.append(piece)
    return " ".join(words)


def split_capitals(text: str) -> str:
    """Return the words of a name in which capitals begin words, as in `pT` and `overallSurvival`.

    Examples
    --------
    >>> split_capitals("pT"), split_capitals("OverallSurvival"), split_capitals("CTReport")
    ('p t', 'overall survival', 'ct report')
    """
    return split_words(_CAPITAL.sub(" ", unicodedata.normalize("NFKC", text[:LONGEST])))


def list_acronyms(text: str) -> set[str]:
    """Return the words of a name that are written in capitals, folded.

    Examples
    --------
    >>> sorted(list_acronyms("OS (months), LNs"))
    ['ln', 'os']
    """
    wide = unicodedata.normalize("NFKC", text[:LONGEST])
    return {word.casefold() for word in _ACRONYM.findall(wide)}


def _is_cjk(piece: str) -> bool:
    return piece[0] > "\u2fff"
