"""The primary lesion: the largest one, its long axis and its lobe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lnmbench_ctreports.measures import Measure
from lnmbench_ctreports.mentions import find_negation
from lnmbench_ctreports.sentences import Span, Statement
from lnmbench_ctreports.subjects import Subject, Topic, find_subject

_NEAR = 80
"""Maximum number of characters of a span that holds both a size and its noun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryLesion:
    """The lesion that the features describe."""

    number: int
    long_axis: Statement | None
    lobe: Statement | None


def find_primary_lesion(topics: Sequence[Topic], lobes: Sequence[str | None]) -> PrimaryLesion:
    """Return the lesion with the longest axis, or the first one mentioned if none has a size."""
    largest: Statement | None = None
    longest_mm = 0.0
    number = _find_first_lesion(topics)
    for topic in topics:
        for measure in topic.measures:
            subject = find_measured_subject(topic, measure.span)
            if subject is None and _is_about_station(topic):
                continue
            if subject is not None and subject.kind != "lesion":
                continue
            if max(measure.mm) > longest_mm:
                longest_mm = max(measure.mm)
                span = extend_to_noun(measure, subject, topic)
                largest = Statement(value=longest_mm, sentence=topic.sentence, span=span)
                number = topic.lesion if subject is None else subject.lesion
    lobe = _find_lobe(topics, lobes[number])
    return PrimaryLesion(number=number, long_axis=largest, lobe=lobe)


def find_measured_subject(topic: Topic, size: Span) -> Subject | None:
    """Return the subject of a size: of its sentence, or of those before if it has no subject."""
    subject = find_subject(topic, size)
    return topic.inherited if subject is None and not topic.subjects else subject


def extend_to_noun(measure: Measure, subject: Subject | None, topic: Topic) -> Span:
    """Return the span of the noun and its size, or of the size alone if they are far apart.

    Parameters
    ----------
    measure
        The size.
    subject
        The subject of the size, if there is one.
    topic
        The sentence of the size with its subjects.
    """
    if subject is None or subject not in topic.subjects:
        return measure.span
    start = min(subject.span.start, measure.span.start)
    end = max(subject.span.end, measure.span.end)
    return Span(start=start, end=end) if end - start <= _NEAR else measure.span


def _is_about_station(topic: Topic) -> bool:
    """Return whether a sentence without a noun names a lymph node station, and no lobe."""
    vocabulary = topic.sentence.vocabulary
    text = topic.sentence.text
    numbers = vocabulary.station_lists.search(text) or vocabulary.station_numbers.search(text)
    return bool(numbers or topic.named_stations) and not topic.lobes


def _find_first_lesion(topics: Sequence[Topic]) -> int:
    for topic in topics:
        for subject in topic.subjects:
            if subject.kind == "lesion" and not find_negation(topic.sentence, subject.span):
                return subject.lesion
    return 0


def _find_lobe(topics: Sequence[Topic], lobe: str | None) -> Statement | None:
    """Return the first mention of the lobe; if the lesion has none, of the only lobe mentioned."""
    statements = [
        Statement(value=mention.name, sentence=topic.sentence, span=mention.span)
        for topic in topics
        for mention in topic.lobes
        if lobe in (None, mention.name)
    ]
    unique = len({statement.value for statement in statements}) == 1
    return statements[0] if unique else None
