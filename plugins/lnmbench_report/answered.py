"""What was found for the question of the auxiliary task, in one sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from lnmbench.records import Results
from lnmbench_report.arms import Question
from lnmbench_report.findings import Direction, Finding, findings
from lnmbench_report.marks import cohort_name
from lnmbench_report.printed import counted, listed, p_is, signed

Verdict = Direction | Literal["mixed"]

TASKS = 3
"""Auxiliary tasks that the sentence names; those with a difference come first."""

_FOUND: dict[Verdict, str] = {
    "better": "gave better scores than {target} alone",
    "worse": "gave worse scores than {target} alone",
    "mixed": "gave better scores than {target} alone in one metric and worse in another",
    "same": "gave the same scores as {target} alone in every fold",
    "open": "was not shown to help",
}


def answered(results: Results, asked: Sequence[Question]) -> str:
    """Return the sentence: for each task whether it helps, by how much, in which metric.

    Of several pairs of networks that ask for one task, it says how many found what.
    """
    groups = _by_task(asked)
    found = {task: [findings(results, one) for one in own] for task, own in groups.items()}
    order = sorted(groups, key=lambda task: all(map(_undecided, found[task])))
    clauses = [_clause(results, task, groups[task], found[task]) for task in order[:TASKS]]
    if len(order) > TASKS:
        more = counted(len(order) - TASKS, "further task", "further tasks")
        clauses.append(f"for {more} see the conclusion")
    return f"In {cohort_of(results)}, {'; '.join(clauses)}."


def cohort_of(results: Results) -> str:
    """Return the cohort with its size and events, and that it is synthetic where it is."""
    synthetic = "the synthetic cohort " if results.card.synthetic else ""
    cases = counted(results.n, "case", "cases")
    return f"{synthetic}{cohort_name(results.cohort)} ({cases}, {results.positives} positive)"


def verdict(found: Sequence[Finding]) -> Verdict:
    """Return what the metrics of one question say together."""
    directions = {finding.direction for finding in found}
    if {"better", "worse"} <= directions:
        return "mixed"
    order: tuple[Direction, ...] = ("better", "worse", "open", "same")
    return next((one for one in order if one in directions), "open")


def verdicts(found: Sequence[Finding]) -> str:
    """Return what may be said of each metric of one question, with its numbers."""
    by_verdict: dict[str, list[str]] = {}
    for finding in found:
        by_verdict.setdefault(finding.verdict, []).append(finding.numbers)
    return ", ".join(f"{told} ({'; '.join(n)})" for told, n in by_verdict.items())


def _by_task(asked: Sequence[Question]) -> dict[str, list[Question]]:
    """The questions of each task; tasks of one name are told apart by their first label."""
    by_choice: dict[str, list[Question]] = {}
    for question in asked:
        by_choice.setdefault(str(question.method.aux), []).append(question)
    named: dict[str, list[Question]] = {}
    for own in by_choice.values():
        name = own[0].aux
        named[f"{name} ({own[0].method.label})" if name in named else name] = own
    return named


def _clause(
    results: Results, task: str, asked: Sequence[Question], found: Sequence[list[Finding]]
) -> str:
    target = results.protocol.target
    parts = _one(target, found[0]) if len(found) == 1 else _several(target, asked, found)
    return f"learning {task} beside {target} {' and '.join(parts)}"


def _one(target: str, found: Sequence[Finding]) -> Iterator[str]:
    for direction in dict.fromkeys(finding.direction for finding in found):
        own = [finding for finding in found if finding.direction == direction]
        if direction == "same":
            detail = listed([finding.metric for finding in own])
        else:
            detail = "; ".join(finding.numbers for finding in own)
        yield f"{_FOUND[direction].format(target=target)} ({detail})"


def _several(
    target: str, asked: Sequence[Question], found: Sequence[list[Finding]]
) -> Iterator[str]:
    verdicts = [verdict(one) for one in found]
    for told, words in _FOUND.items():
        own = [place for place, one in enumerate(verdicts) if one == told]
        if own:
            share = f"in {len(own)} of {len(found)} pairs of networks"
            if told in ("open", "same"):
                detail = _range([finding for place in own for finding in found[place]])
            else:
                detail = _strongest([asked[place] for place in own], [found[p] for p in own])
            yield f"{words.format(target=target)} {share} ({detail})"


def _range(found: Sequence[Finding]) -> str:
    """The first metric's differences, from the least to the greatest, and the least Holm p."""
    first = [finding for finding in found if finding.metric == found[0].metric]
    low, high = (signed(pick(f.estimate for f in first)) for pick in (min, max))
    least = min(finding.holm for finding in found)
    span = low if low == high else f"{low} to {high}"
    return f"{first[0].metric} {span}, smallest Holm {p_is(least)}"


def _strongest(asked: Sequence[Question], found: Sequence[list[Finding]]) -> str:
    place = min(range(len(found)), key=lambda one: min(f.holm for f in found[one]))
    shown = [f.numbers for f in found[place] if f.direction in ("better", "worse")]
    lead = "most clearly " if len(found) > 1 else ""
    return f"{lead}{asked[place].method.label}: {'; '.join(shown)}"


def _undecided(found: Sequence[Finding]) -> bool:
    return verdict(found) in ("open", "same")
