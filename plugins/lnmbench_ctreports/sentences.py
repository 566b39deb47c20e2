"""A report's sentences, without the sections that tell of other studies or of the technique."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from lnmbench_ctreports.vocabulary import CHINESE, ENGLISH, Vocabulary

_END = re.compile(r"[。；;!?]|(?<!approx)(?<!\bca)(?<!\bno)(?<!\bvs)\.(?=\s|$)|\.(?=[^\W\d])|\n")
_WRAPPED = re.compile(r"[ ]*(?:[a-z]|\d+(?:\.\d+)?[ ]*(?:x|mm|cm))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of a sentence, from `start` up to `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """Plain text, its place in the report, and the vocabulary that reads it."""

    text: str
    start: int
    words: Vocabulary


def sentences(text: str, language: Literal["auto", "en", "zh"]) -> tuple[Sentence, ...]:
    """Return the sentences of a plain text; with `auto` each is read in its own language."""
    found: list[Sentence] = []
    skipping = prior = False
    for start, end in _pieces(text):
        piece = text[start:end]
        words = _vocabulary(piece, language)
        opening = piece.lstrip(" (#-0123456789.")
        if words.prior_sections.match(opening):
            skipping = prior = True
        elif words.skipped_sections.match(opening):
            skipping, prior = True, False
        elif words.read_sections.match(opening) or (prior and not _of_prior(piece, words)):
            skipping = prior = False
        if not skipping:
            found.append(Sentence(text=piece.replace("\n", " "), start=start, words=words))
    return tuple(found)


def _of_prior(piece: str, words: Vocabulary) -> bool:
    """Whether a sentence after the heading of a comparison still tells of the earlier study."""
    opening = piece.lstrip(" (#-:\n")
    return bool(words.prior_study.match(opening)) and not words.today.search(piece)


def _pieces(text: str) -> Iterator[tuple[int, int]]:
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
    """Whether a line goes on after its end: no stop before, and no heading after."""
    before, after = text[:newline].rstrip(" "), text[newline + 1 :]
    line = after.partition("\n")[0]
    ended = not before or before[-1] in ".:;。；,\n"
    return not ended and ":" not in line[:40] and bool(_WRAPPED.match(after))


def _vocabulary(piece: str, language: Literal["auto", "en", "zh"]) -> Vocabulary:
    chinese = bool(CHINESE.markers.search(piece)) if language == "auto" else language == "zh"
    return CHINESE if chinese else ENGLISH
