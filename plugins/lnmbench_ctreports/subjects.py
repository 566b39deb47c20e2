"""Subjects of sizes and signs: a lesion, a lymph node, or something else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lnmbench_ctreports.lesion_tracker import NEAR, LesionTracker
from lnmbench_ctreports.measures import pair_lobes_with_sizes, select_without_noun
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
    """A sentence, its subjects in order, and the subject and lesion of the sentences before."""

    sentence: Sentence
    subjects: tuple[Subject, ...]
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
        nouns = _find_nouns(sentence, lobes)
        pairs = pair_lobes_with_sizes(sentence, lobes)
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
    after = [subject for subject in subjects if subject.span.end > item.end]
    if after and not vocabulary.phrase_breaks.search(text, item.end, after[0].span.start):
        return after[0]
    before = [subject for subject in subjects if subject.span.start <= item.start]
    if before:
        return before[-1]
    if after and not vocabulary.clause_breaks.search(text, item.end, after[0].span.start):
        return after[0]
    return None


def _find_nouns(sentence: Sentence, lobes: Sequence[Mention]) -> list[tuple[Kind, Span]]:
    vocabulary, text = sentence.vocabulary, sentence.text
    stations = find_mentions(vocabulary.stations, sentence)
    nouns: list[tuple[Kind, Span]] = []
    patterns: tuple[tuple[Kind, re.Pattern[str]], ...] = (
        ("node", vocabulary.node),
        ("other", vocabulary.other),
        ("other", vocabulary.organ),
        ("lesion", vocabulary.lesion),
    )
    for kind, pattern in patterns:
        for match in pattern.finditer(text):
            span = Span(start=match.start(), end=match.end())
            occupied = [other for _, other in nouns]
            occupied += [station.span for station in stations if kind == "other"]
            if not any(span.start < o.end and o.start < span.end for o in occupied):
                kind_of_noun = _classify_lesion(sentence, span, lobes) if kind == "lesion" else kind
                nouns.append((kind_of_noun, span))
    return sorted(nouns, key=lambda noun: noun[1].start)


def _classify_lesion(sentence: Sentence, span: Span, lobes: Sequence[Mention]) -> Kind:
    """Return `lesion` for a lesion of the lung, `other` for one of an organ in the sentence."""
    for match in sentence.vocabulary.organ.finditer(sentence.text):
        before = match.start() < span.start
        start, end = (match.end(), span.start) if before else (span.end, match.start())
        if any(start <= lobe.span.start < end for lobe in lobes):
            continue
        between = sentence.text[start:end]
        close = len(between) <= NEAR and "," not in between
        if before or (close and _ATTRIBUTE.search(between)):
            return "other"
    return "lesion"
