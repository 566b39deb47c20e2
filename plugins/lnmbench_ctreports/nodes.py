"""The largest lymph node: its short axis and its station (IASLC map)."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lnmbench_ctreports.lesions import extend_to_noun, find_measured_subject
from lnmbench_ctreports.measures import Measure
from lnmbench_ctreports.mentions import Mention, find_negation
from lnmbench_ctreports.sentences import Sentence, Span, Statement
from lnmbench_ctreports.subjects import Topic

STATIONS = (
    *("1", "1R", "1L", "2", "2R", "2L", "3", "3A", "3P", "4", "4R", "4L", "5", "6", "7", "8", "9"),
    *("10", "10R", "10L", "11", "11R", "11L", "12", "12R", "12L", "13", "13R", "13L"),
    *("14", "14R", "14L"),
)
_NEAR = 25
"""Maximum number of characters between a size and a station after it, beyond a comma."""
LONGEST_GAP = 40
"""Maximum number of characters between the name and the number of one station."""
_SAME = re.compile(r"\s*(?:[区组站]\s*)?\(?\s*(?:(?:stations?|levels?|zones?|groups?)\s*#?|第)?")
_NUMBER = re.compile(r"\d{1,2}[rlap]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """The largest node; a value that the report does not state clearly is None."""

    short_axis: Statement | None
    station: Statement | None


def find_largest_node(topics: Sequence[Topic]) -> Node:
    """Return the node with the greatest short axis.

    Of two dimensions the smaller is the short axis; a single one counts as the short axis
    unless the text calls it the long axis. If no node has a size, the station is that of the only
    enlarged one.
    """
    largest = Node(short_axis=None, station=_find_enlarged_station(topics))
    greatest_mm = 0.0
    for topic in topics:
        stations = _find_stations(topic)
        free = list(stations)
        sizes = list(_iterate_node_sizes(topic, stations))
        for index, (measure, span) in enumerate(sizes):
            following = [other.span.start for other, _ in sizes[index + 1 : index + 2]]
            station = _take_station(
                topic.sentence, measure.span, free, min(following, default=None)
            )
            if min(measure.mm) > greatest_mm:
                greatest_mm = min(measure.mm)
                size = Statement(value=greatest_mm, sentence=topic.sentence, span=span)
                largest = Node(short_axis=size, station=station)
    return largest


def _iterate_node_sizes(
    topic: Topic, stations: Sequence[Mention]
) -> Iterator[tuple[Measure, Span]]:
    for measure in topic.measures:
        subject = find_measured_subject(topic, measure.span)
        is_node = (
            subject.kind == "node"
            if subject
            else _shares_clause_with_station(topic, measure.span, stations)
        )
        is_long_axis = measure.axis == "long" and len(measure.mm) == 1
        if is_node and not is_long_axis:
            yield measure, extend_to_noun(measure, subject, topic)


def _shares_clause_with_station(topic: Topic, size: Span, stations: Sequence[Mention]) -> bool:
    """Return whether a size without a noun has a station in its clause ("subcarinal 9 mm, …")."""
    start, end = _find_clause(topic.sentence, size)
    return not topic.lobes and any(start <= station.span.start < end for station in stations)


def _take_station(
    sentence: Sentence, size: Span, free: list[Mention], next_size: int | None
) -> Statement | None:
    """Return the station of a size, and remove it and those before it from the free stations.

    The candidates are, in order: stations named after "the largest", those before the size in the
    same clause, the first one after it in the clause, those before it in the sentence, the first
    one closely behind. The first group that names a single station decides.

    Parameters
    ----------
    sentence
        The sentence of the size.
    size
        The span of the size.
    free
        Stations of the sentence that no size has taken yet; changed in place.
    next_size
        Position of the next size in the sentence, if there is one.
    """
    start, end = _find_clause(sentence, size)
    before = [station for station in free if station.span.start < size.start]
    inside = [station for station in before if station.span.start >= start]
    stop = len(sentence.text) if next_size is None else next_size
    behind = [station for station in free if size.end <= station.span.start < stop]
    after = _select_first([station for station in behind if station.span.start < end])
    close = _select_first([s for s in behind if s.span.start - size.end <= _NEAR])
    free[:] = [station for station in free if station not in before and station not in after]
    for candidates in (_select_of_largest(sentence, before), inside, after, before, close):
        if len({station.name for station in candidates}) == 1:
            station = candidates[0]
            return Statement(value=station.name, sentence=sentence, span=station.span)
    return None


def _select_of_largest(sentence: Sentence, before: Sequence[Mention]) -> list[Mention]:
    """Return the stations named after words such as "the largest" or 大者."""
    if not before:
        return []
    matches = sentence.vocabulary.largest.finditer(sentence.text, 0, before[-1].span.start)
    ends = [match.end() for match in matches]
    return [station for station in before if ends and station.span.start >= ends[-1]]


def _select_first(stations: Sequence[Mention]) -> list[Mention]:
    """Return the first station, and others named by the same words ("bilateral hilar")."""
    return [station for station in stations if station.span.start < stations[0].span.end]


def _find_clause(sentence: Sentence, size: Span) -> tuple[int, int]:
    start = max(sentence.text.rfind(mark, 0, size.start) for mark in ",;") + 1
    ends = [end for mark in ",;" if (end := sentence.text.find(mark, size.end)) >= 0]
    return start, min(ends, default=len(sentence.text))


def _find_enlarged_station(topics: Sequence[Topic]) -> Statement | None:
    statements = []
    for topic in topics:
        nodes = [subject.span for subject in topic.subjects if subject.kind == "node"]
        enlarged = topic.sentence.vocabulary.enlarged.search(topic.sentence.text)
        if not nodes or not enlarged:
            continue
        spans = [Span(start=enlarged.start(), end=enlarged.end()), *nodes]
        if not any(find_negation(topic.sentence, span) for span in spans):
            statements += [
                Statement(value=station.name, sentence=topic.sentence, span=station.span)
                for station in _find_stations(topic)
            ]
    return statements[0] if len({statement.value for statement in statements}) == 1 else None


def _find_stations(topic: Topic) -> list[Mention]:
    """Return the stations of a sentence in order: by name, and by number."""
    sentence = topic.sentence
    by_span: dict[tuple[int, int], Mention] = {}
    lists = sentence.vocabulary.station_lists.finditer(sentence.text)
    numbers = sentence.vocabulary.station_numbers.finditer(sentence.text)
    for start, end in [*(m.span(1) for m in lists), *(m.span() for m in numbers)]:
        for match in _NUMBER.finditer(sentence.text, start, end):
            span = Span(start=match.start(), end=match.end())
            station = Mention(name=match.group().upper(), span=span)
            if station.name in STATIONS:
                by_span.setdefault(match.span(), station)
    by_number = list(by_span.values())
    ordered = sorted(by_number, key=lambda station: station.span.start)
    starts = [station.span.start for station in ordered]
    others = []
    for station in topic.named_stations:
        first = bisect_left(starts, station.span.start - LONGEST_GAP)
        last = bisect_right(starts, station.span.end + LONGEST_GAP)
        if not any(_names_same(sentence, station, near) for near in ordered[first:last]):
            others.append(station)
    return sorted([*by_number, *others], key=lambda station: station.span.start)


def _names_same(sentence: Sentence, name: Mention, number: Mention) -> bool:
    """Return whether name and number are one station: "prevascular (station 6)", 主动脉弓旁5区."""
    first, last = sorted((name.span, number.span), key=lambda span: span.start)
    if first.end > last.start:
        return True
    return bool(_SAME.fullmatch(sentence.text, first.end, last.start))
