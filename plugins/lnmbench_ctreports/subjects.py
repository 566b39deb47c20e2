"""Subjects of sizes and signs: a lesion, a lymph node, or something else."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lnmbench_ctreports.lesion_tracker import NEAR, LesionTracker
from lnmbench_ctreports.measures import (
    Measure,
    find_measures,
    pair_lobes_with_sizes,
    select_without_noun,
)
from lnmbench_ctreports.mentions import Mention, find_mentions
from lnmbench_ctreports.sentences import Sentence, Span

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
    """A sentence with what it mentions, and the subject and lesion of the sentences before.

    Subjects, lobes, stations that are named in words and sizes are in their order.
    """

    sentence: Sentence
    subjects: tuple[Subject, ...]
    lobes: tuple[Mention, ...]
    named_stations: tuple[Mention, ...]
    measures: tuple[Measure, ...]
    inherited: Subject | None
    lesion: int


def find_topics(
    sentences: Sequence[Sentence],
) -> tuple[tuple[Topic, ...], tuple[str | None, ...]]:
    """Return a topic for each sentence, and the lobe of each lesion by its number."""
    tracker = LesionTracker()
    topics: list[Topic] = []
    inherited: Subject | None = None
    for sentence in sentences:
        subjects: list[Subject] = []
        lesion_before = tracker.current
        lobes = find_mentions(sentence.vocabulary.lobes, sentence)
        stations = find_mentions(sentence.vocabulary.stations, sentence)
        measures = find_measures(sentence)
        nouns = _find_nouns(sentence, lobes, stations)
        pairs = pair_lobes_with_sizes(measures, lobes)
        implied = (
            ()
            if _is_about_other(nouns, inherited)
            else select_without_noun(pairs, [span for _, span in nouns])
        )
        lobe_by_span = {lobe.span: lobe for lobe in implied}
        nouns = sorted([*nouns, *(("lesion", s) for s in lobe_by_span)], key=lambda m: m[1].start)
        for kind, span in nouns:
            if kind == "lesion":
                candidates = (lobe_by_span[span],) if span in lobe_by_span else lobes
                tracker.add(sentence, span, candidates)
            subjects.append(Subject(kind=kind, span=span, lesion=tracker.current))
        topics.append(
            Topic(
                sentence=sentence,
                subjects=tuple(subjects),
                lobes=lobes,
                named_stations=stations,
                measures=measures,
                inherited=inherited,
                lesion=lesion_before,
            )
        )
        inherited = subjects[-1] if subjects else inherited
    return tuple(topics), tuple(tracker.lobes)


def _is_about_other(nouns: Sequence[tuple[Kind, Span]], inherited: Subject | None) -> bool:
    """Return whether a lobe alone implies no lesion, because its sentence is about others."""
    if nouns:
        return not any(kind == "lesion" for kind, _ in nouns)
    return inherited is not None and inherited.kind != "lesion"


def find_subject(topic: Topic, item: Span, *, skipping: Kind | None = None) -> Subject | None:
    """Return the subject of a size or sign, or None if the sentence has no subject for it.

    It is the noun of its own phrase ("a 14 mm subcarinal node"), else the subject before it in the
    sentence, else one after it in the same clause.

    Parameters
    ----------
    topic
        The sentence with its subjects.
    item
        The span of the size or sign.
    skipping
        A kind of subjects to ignore.
    """
    vocabulary, text = topic.sentence.vocabulary, topic.sentence.text
    subjects = [subject for subject in topic.subjects if subject.kind != skipping]
    after = next((subject for subject in subjects if subject.span.end > item.end), None)
    if after and not vocabulary.phrase_breaks.search(text, item.end, after.span.start):
        return after
    before = (subject for subject in reversed(subjects) if subject.span.start <= item.start)
    last_before = next(before, None)
    if last_before:
        return last_before
    if after and not vocabulary.clause_breaks.search(text, item.end, after.span.start):
        return after
    return None


def _find_nouns(
    sentence: Sentence, lobes: Sequence[Mention], stations: Sequence[Mention]
) -> list[tuple[Kind, Span]]:
    vocabulary, text = sentence.vocabulary, sentence.text
    nouns: list[tuple[Kind, Span]] = []
    occupied, in_station = bytearray(len(text)), bytearray(len(text))
    for station in stations:
        _mark(in_station, station.span)
    patterns: tuple[tuple[Kind, re.Pattern[str]], ...] = (
        ("node", vocabulary.node),
        ("other", vocabulary.other),
        ("other", vocabulary.organ),
        ("lesion", vocabulary.lesion),
    )
    for kind, pattern in patterns:
        for match in pattern.finditer(text):
            span = Span(start=match.start(), end=match.end())
            is_station = kind == "other" and any(in_station[span.start : span.end])
            if not is_station and not any(occupied[span.start : span.end]):
                nouns.append((kind, span))
                _mark(occupied, span)
    organs = [match.span() for match in vocabulary.organ.finditer(text)]
    starts = [lobe.span.start for lobe in lobes]
    classified = [
        (_classify_lesion(text, span, organs, starts) if kind == "lesion" else kind, span)
        for kind, span in nouns
    ]
    return sorted(classified, key=lambda noun: noun[1].start)


def _mark(characters: bytearray, span: Span) -> None:
    characters[span.start : span.end] = b"\1" * (span.end - span.start)


def _classify_lesion(
    text: str, span: Span, organs: Sequence[tuple[int, int]], lobe_starts: Sequence[int]
) -> Kind:
    """Return `lesion` for a lesion of the lung, `other` for one of an organ in the sentence.

    Parameters
    ----------
    text
        The sentence.
    span
        The noun of the lesion.
    organs
        Start and end of each organ that the sentence names.
    lobe_starts
        The start of each lobe, in order.
    """
    for organ_start, organ_end in organs:
        before = organ_start < span.start
        start, end = (organ_end, span.start) if before else (span.end, organ_start)
        if bisect_left(lobe_starts, start) < bisect_left(lobe_starts, end):
            continue
        if before:
            return "other"
        if end - start <= NEAR:
            between = text[start:end]
            if "," not in between and _ATTRIBUTE.search(between):
                return "other"
    return "lesion"
