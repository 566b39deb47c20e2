"""The primary lesion: the largest one; its long axis and its lobe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lnmbench_ctreports.lobes import named
from lnmbench_ctreports.measures import Measure, measures
from lnmbench_ctreports.negation import denied
from lnmbench_ctreports.sentences import Sentence, Span
from lnmbench_ctreports.subjects import Subject, Topic, owner

_NEAR = 80
"""Characters up to which the words that gave a size begin at the noun that has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A value, and the sentence and the stretch of it that give it."""

    value: object
    sentence: Sentence
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Primary:
    """The lesion that the features are about."""

    lesion: int
    long_axis: Said | None
    lobe: Said | None


def primary(topics: Sequence[Topic], lobes: Sequence[str | None]) -> Primary:
    """Return the lesion with the longest axis; the first one told of where none has a size."""
    largest: Said | None = None
    longest = 0.0
    lesion = _first(topics)
    for topic in topics:
        for measure in measures(topic.sentence):
            subject = subject_of(topic, measure.span)
            if subject is None and _of_station(topic):
                continue
            if subject is not None and subject.kind != "lesion":
                continue
            if max(measure.mm) > longest:
                longest = max(measure.mm)
                span = with_noun(measure, subject, topic)
                largest = Said(value=longest, sentence=topic.sentence, span=span)
                lesion = topic.lesion if subject is None else subject.lesion
    return Primary(lesion=lesion, long_axis=largest, lobe=_lobe(topics, lobes[lesion]))


def subject_of(topic: Topic, span: Span) -> Subject | None:
    """Return what a size is about; where its sentence names nothing, what was told of before."""
    found = owner(topic, span)
    return topic.inherited if found is None and not topic.subjects else found


def with_noun(measure: Measure, subject: Subject | None, topic: Topic) -> Span:
    """Return the words from the noun to its size, or the size alone where they are far apart."""
    if subject is None or subject not in topic.subjects:
        return measure.span
    start = min(subject.span.start, measure.span.start)
    end = max(subject.span.end, measure.span.end)
    return Span(start=start, end=end) if end - start <= _NEAR else measure.span


def _of_station(topic: Topic) -> bool:
    """Whether a sentence without a noun names a lymph node station, and no lobe."""
    words = topic.sentence.words
    text = topic.sentence.text
    stations = words.station_lists.search(text) or words.station_numbers.search(text)
    told = bool(stations or named(words.stations, topic.sentence))
    return told and not named(words.lobes, topic.sentence)


def _first(topics: Sequence[Topic]) -> int:
    for topic in topics:
        for subject in topic.subjects:
            if subject.kind == "lesion" and not denied(topic.sentence, subject.span):
                return subject.lesion
    return 0


def _lobe(topics: Sequence[Topic], lobe: str | None) -> Said | None:
    """Return where the lobe is named first; without a lesion in a lobe, the only lobe named."""
    said = [
        Said(value=one.name, sentence=topic.sentence, span=one.span)
        for topic in topics
        for one in named(topic.sentence.words.lobes, topic.sentence)
        if lobe in (None, one.name)
    ]
    return said[0] if said and len({one.value for one in said}) == 1 else None
