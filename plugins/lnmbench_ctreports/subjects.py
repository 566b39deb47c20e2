"""What a size or a sign is about: a lesion, a lymph node, or something else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lnmbench_ctreports.listing import lobes_with_sizes, unnamed
from lnmbench_ctreports.lobes import Named, named
from lnmbench_ctreports.sentences import Sentence, Span
from lnmbench_ctreports.tracking import NEAR, Lesions

Kind = Literal["lesion", "node", "other"]
_ATTRIBUTE = re.compile(r"\b(?:in|of|within)\b(?!.*\b(?:and|with)\b)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A mention of something that can have a size or a sign; lesions have a number."""

    kind: Kind
    span: Span
    lesion: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A sentence, its subjects in their order, and what the sentences before were about."""

    sentence: Sentence
    subjects: tuple[Subject, ...]
    inherited: Subject | None
    lesion: int


def topics(sentences: Sequence[Sentence]) -> tuple[tuple[Topic, ...], tuple[str | None, ...]]:
    """Return a topic for each sentence, and the lobe of each lesion by its number."""
    lesions = Lesions()
    found: list[Topic] = []
    inherited: Subject | None = None
    for sentence in sentences:
        subjects: list[Subject] = []
        lesion_before = lesions.current
        lobes = named(sentence.words.lobes, sentence)
        told = _mentions(sentence, lobes)
        paired = lobes_with_sizes(sentence, lobes)
        own = () if _is_other(told, inherited) else unnamed(paired, [span for _, span in told])
        places = {one.span: one for one in own}
        told = sorted([*told, *(("lesion", s) for s in places)], key=lambda m: m[1].start)
        for kind, span in told:
            if kind == "lesion":
                lesions.tell(sentence, span, (places[span],) if span in places else lobes)
            subjects.append(Subject(kind=kind, span=span, lesion=lesions.current))
        topic = Topic(
            sentence=sentence, subjects=tuple(subjects), inherited=inherited, lesion=lesion_before
        )
        found.append(topic)
        inherited = subjects[-1] if subjects else inherited
    return tuple(found), tuple(lesions.lobes)


def _is_other(told: Sequence[tuple[Kind, Span]], inherited: Subject | None) -> bool:
    """Whether a lobe alone stands for no lesion, for its sentence is about something else."""
    if told:
        return not any(kind == "lesion" for kind, _ in told)
    return inherited is not None and inherited.kind != "lesion"


def owner(topic: Topic, item: Span, *, skipping: Kind | None = None) -> Subject | None:
    """Return what a size or sign is about; None where the sentence has no subject for it.

    The noun of its own phrase ("a 14 mm subcarinal node"), else the subject before it in the
    sentence, else one after it in the same clause. Subjects of the kind `skipping` are passed by.
    """
    words, text = topic.sentence.words, topic.sentence.text
    subjects = [subject for subject in topic.subjects if subject.kind != skipping]
    after = [subject for subject in subjects if subject.span.end > item.end]
    if after and not words.phrase_breaks.search(text, item.end, after[0].span.start):
        return after[0]
    before = [subject for subject in subjects if subject.span.start <= item.start]
    if before:
        return before[-1]
    if after and not words.clause_breaks.search(text, item.end, after[0].span.start):
        return after[0]
    return None


def _mentions(sentence: Sentence, lobes: Sequence[Named]) -> list[tuple[Kind, Span]]:
    words, text = sentence.words, sentence.text
    stations = named(words.stations, sentence)
    found: list[tuple[Kind, Span]] = []
    kinds: tuple[tuple[Kind, re.Pattern[str]], ...] = (
        ("node", words.node),
        ("other", words.other),
        ("other", words.organ),
        ("lesion", words.lesion),
    )
    for kind, pattern in kinds:
        for match in pattern.finditer(text):
            span = Span(start=match.start(), end=match.end())
            taken = [other for _, other in found] + [s.span for s in stations if kind == "other"]
            if not any(span.start < t.end and t.start < span.end for t in taken):
                own = _of_organ(sentence, span, lobes) if kind == "lesion" else kind
                found.append((own, span))
    return sorted(found, key=lambda mention: mention[1].start)


def _of_organ(sentence: Sentence, span: Span, lobes: Sequence[Named]) -> Kind:
    """Tell a lesion of the lung from one of another organ in the same sentence."""
    for match in sentence.words.organ.finditer(sentence.text):
        before = match.start() < span.start
        start, end = (match.end(), span.start) if before else (span.end, match.start())
        if any(start <= lobe.span.start < end for lobe in lobes):
            continue
        between = sentence.text[start:end]
        close = len(between) <= NEAR and "," not in between
        if before or (close and _ATTRIBUTE.search(between)):
            return "other"
    return "lesion"
