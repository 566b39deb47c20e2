"""Time at which the values of a column are known: before surgery, only after it, or either."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lnmbench.lexicon.cells import Evidence, find_evidence, find_words
from lnmbench.lexicon.vocabulary import Topic, find_topics

Time = Literal["before", "after", "open", "unknown"]
"""`open`: known before surgery or only after it; `unknown`: the name says nothing."""

_FILES = ("outcome", "specimen", "open", "before", "baseline", "neutral")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Time of a column, and a phrase that says why.

    `late_cells` describes cells that say that they are pathological below a name that says before
    surgery.
    """

    time: Time
    reason: str = ""
    late_cells: str = ""


def judge_name(name: str) -> Verdict:
    """Return when the values of a column are known, by its name.

    Examples
    --------
    >>> [judge_name(name).time for name in ("Rezidiv", "7区淋巴结转移", "pN", "OS months")]
    ['after', 'after', 'after', 'after']
    >>> [judge_name(name).time for name in ("Alter bei OP", "术前CEA", "cN", "clinical grade")]
    ['before', 'before', 'before', 'before']
    >>> [judge_name(name).time for name in ("Histology", "postal code")]
    ['open', 'unknown']
    """
    return _judge(find_topics(name, *_FILES))


def judge_column(name: str, cells: Sequence[str]) -> Verdict:
    """Return when the values of a column are known, by its name and its cells.

    T, N and stage classes count as pathological unless the name says that they are known before
    surgery. Classes with a p are pathological in any case, and those with a c clinical.

    Parameters
    ----------
    name
        The name of the column.
    cells
        Its cells or categories; empty ones are ignored.
    """
    topics = find_topics(name, *_FILES)
    verdict = _judge(topics)
    if verdict.time == "after":
        return verdict
    subjects = {topic.key for topic in topics if topic.file == "open"}
    evidence = find_evidence(cells, subjects, name)
    if evidence is None and verdict.time != "before":
        evidence = find_words(cells)
    if evidence is None:
        return verdict
    return _weigh(verdict, evidence, is_dated=any(topic.file == "before" for topic in topics))


def _weigh(verdict: Verdict, evidence: Evidence, *, is_dated: bool) -> Verdict:
    if evidence.time == "before":
        return verdict if verdict.time == "before" else Verdict(time="before", reason=evidence.text)
    if verdict.time == "before" and not evidence.is_sure:
        return verdict
    if is_dated:
        return Verdict(
            time="open",
            reason=f"the name says before surgery, but the cells are {evidence.text}",
            late_cells=evidence.text,
        )
    return Verdict(time="after", reason=evidence.text)


def _judge(topics: Sequence[Topic]) -> Verdict:
    by_file = {file: [topic for topic in topics if topic.file == file] for file in _FILES}
    outcome, specimen, either, before, baseline, _ = (by_file[file] for file in _FILES)
    lasting = [topic for topic in baseline if "lasting" in topic.flags]
    is_earlier = any("is_time" in topic.flags for topic in before)
    if outcome:
        return _conflict(before, outcome) if is_earlier else _conclude("after", outcome)
    if specimen and not lasting:
        # An examination can be of the time of an operation or a treatment: "CT and surgery".
        doubtful = {"explicit"} if is_earlier else {"explicit", "is_performed"}
        if before and any(doubtful & topic.flags for topic in specimen):
            return _conflict(before, specimen)
        if not before:
            return _conclude("after", specimen)
    later = [topic for topic in either if "is_performed" in topic.flags]
    if before and later and not is_earlier:
        return _conclude("open", later)
    if before or lasting:
        return _conclude("before", before or lasting)
    if either:
        return _conclude("open", either)
    return _conclude("before", baseline) if baseline else Verdict(time="unknown")


def _conclude(time: Time, topics: Sequence[Topic]) -> Verdict:
    return Verdict(time=time, reason=topics[0].reason)


def _conflict(before: Sequence[Topic], after: Sequence[Topic]) -> Verdict:
    return Verdict(
        time="open", reason=f"the name speaks of {before[0].reason} and of {after[0].reason}"
    )
