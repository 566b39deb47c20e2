"""The largest lymph node: its short axis and its station (IASLC map)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lnmbench_ctreports.lesions import Said, subject_of, with_noun
from lnmbench_ctreports.lobes import Named, named
from lnmbench_ctreports.measures import Measure, measures
from lnmbench_ctreports.negation import denied
from lnmbench_ctreports.sentences import Sentence, Span
from lnmbench_ctreports.subjects import Topic

STATIONS = (
    *("1", "1R", "1L", "2", "2R", "2L", "3", "3A", "3P", "4", "4R", "4L", "5", "6", "7", "8", "9"),
    *("10", "10R", "10L", "11", "11R", "11L", "12", "12R", "12L", "13", "13R", "13L"),
    *("14", "14R", "14L"),
)
_CLOSE = 25
"""Characters between a size and a station told after it, beyond a comma."""
_SAME = re.compile(r"\s*(?:[区组站]\s*)?\(?\s*(?:(?:stations?|levels?|zones?|groups?)\s*#?|第)?")
_NUMBER = re.compile(r"\d{1,2}[rlap]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """The largest node; what is not clear of it is None."""

    short_axis: Said | None
    station: Said | None


def largest_node(topics: Sequence[Topic]) -> Node:
    """Return the node with the greatest short axis.

    Of two dimensions the smaller is the short axis; a single one is taken for it unless the text
    calls it the long axis. Where no node has a size, the station is that of the only enlarged one.
    """
    best, greatest = Node(short_axis=None, station=_only_enlarged(topics)), 0.0
    for topic in topics:
        free = list(_stations(topic.sentence))
        sizes = list(_sizes(topic))
        for place, (measure, span) in enumerate(sizes):
            following = [other.span.start for other, _ in sizes[place + 1 :]]
            station = _station(topic.sentence, measure.span, free, min(following, default=None))
            if min(measure.mm) > greatest:
                greatest = min(measure.mm)
                size = Said(value=greatest, sentence=topic.sentence, span=span)
                best = Node(short_axis=size, station=station)
    return best


def _sizes(topic: Topic) -> Iterator[tuple[Measure, Span]]:
    for measure in measures(topic.sentence):
        subject = subject_of(topic, measure.span)
        long_axis = measure.axis == "long" and len(measure.mm) == 1
        is_node = subject.kind == "node" if subject else _with_station(topic.sentence, measure.span)
        if is_node and not long_axis:
            yield measure, with_noun(measure, subject, topic)


def _with_station(sentence: Sentence, size: Span) -> bool:
    """Whether a size without a noun shares its clause with a station ("subcarinal 9 mm, …")."""
    start, end = _clause(sentence, size)
    there = any(start <= one.span.start < end for one in _stations(sentence))
    return there and not named(sentence.words.lobes, sentence)


def _station(
    sentence: Sentence, size: Span, free: list[Named], following: int | None
) -> Said | None:
    """Return the station of a size and take it, with those passed by, from the free ones.

    It is the one said to have the largest node, else the one named before the size in the same
    clause, else after it, else the only one that the sentence names before, else one close behind.
    Where several are named, the next is asked.
    """
    start, end = _clause(sentence, size)
    before = [one for one in free if one.span.start < size.start]
    inside = [one for one in before if one.span.start >= start]
    stop = len(sentence.text) if following is None else following
    behind = [one for one in free if size.end <= one.span.start < stop]
    after = _first([one for one in behind if one.span.start < end])
    close = _first([one for one in behind if one.span.start - size.end <= _CLOSE])
    free[:] = [one for one in free if one not in before and one not in after]
    for there in (_of_largest(sentence, before), inside, after, before, close):
        if len({one.name for one in there}) == 1:
            return Said(value=there[0].name, sentence=sentence, span=there[0].span)
    return None


def _of_largest(sentence: Sentence, before: Sequence[Named]) -> list[Named]:
    """Return the stations named after words such as "the largest" or 大者."""
    if not before:
        return []
    words = sentence.words.largest.finditer(sentence.text, 0, before[-1].span.start)
    ends = [match.end() for match in words]
    return [one for one in before if ends and one.span.start >= ends[-1]]


def _first(there: Sequence[Named]) -> list[Named]:
    """Return the first one, and what stands in the same words ("bilateral hilar")."""
    return [one for one in there if one.span.start < there[0].span.end]


def _clause(sentence: Sentence, size: Span) -> tuple[int, int]:
    start = max(sentence.text.rfind(mark, 0, size.start) for mark in ",;") + 1
    ends = [at for mark in ",;" if (at := sentence.text.find(mark, size.end)) >= 0]
    return start, min(ends, default=len(sentence.text))


def _only_enlarged(topics: Sequence[Topic]) -> Said | None:
    said = []
    for topic in topics:
        nodes = [subject.span for subject in topic.subjects if subject.kind == "node"]
        enlarged = topic.sentence.words.enlarged.search(topic.sentence.text)
        told = [Span(start=enlarged.start(), end=enlarged.end()), *nodes] if enlarged else []
        if nodes and told and not any(denied(topic.sentence, span) for span in told):
            said += [
                Said(value=one.name, sentence=topic.sentence, span=one.span)
                for one in _stations(topic.sentence)
            ]
    return said[0] if len({one.value for one in said}) == 1 else None


def _stations(sentence: Sentence) -> list[Named]:
    """Return the stations of a sentence in their order: by name, and by number."""
    by_words = named(sentence.words.stations, sentence)
    found: list[Named] = []
    spans = [match.span(1) for match in sentence.words.station_lists.finditer(sentence.text)]
    spans += [match.span() for match in sentence.words.station_numbers.finditer(sentence.text)]
    for start, end in spans:
        for match in _NUMBER.finditer(sentence.text, start, end):
            one = Named(name=match.group().upper(), span=Span(start=match.start(), end=match.end()))
            if one.name in STATIONS and one not in found:
                found.append(one)
    found += [one for one in by_words if not any(_same(sentence, one, two) for two in found)]
    return sorted(found, key=lambda one: one.span.start)


def _same(sentence: Sentence, one: Named, number: Named) -> bool:
    """Whether words and a number name one station: "prevascular (station 6)", 主动脉弓旁5区."""
    first, last = sorted((one.span, number.span), key=lambda span: span.start)
    if first.end > last.start:
        return True
    return bool(_SAME.fullmatch(sentence.text, first.end, last.start))
