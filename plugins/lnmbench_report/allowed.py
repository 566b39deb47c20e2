"""How far the answer may be believed, in one sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lnmbench.records import Results
from lnmbench_report.arms import Question, complete
from lnmbench_report.controlled import controlled
from lnmbench_report.findings import Finding, findings
from lnmbench_report.printed import ALPHA, counted, decimal, listed, p_is


def allowed(results: Results, asked: Sequence[Question]) -> str:
    """Return the sentence: what could have been seen, what is not borne out, what controls say."""
    found = [finding for question in asked for finding in findings(results, question)]
    parts = [
        *_scope(found),
        *_power(found),
        *_lost_to_holm(results, found),
        *_not_borne_out(found),
        *controlled(results, asked),
        *(
            f"{lack}, so that the family of tests will grow"
            for lack in [unfinished(results)]
            if lack
        ),
    ]
    if results.card.synthetic:
        parts.append("and a synthetic cohort says nothing of patients")
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def unfinished(results: Results) -> str:
    """Return how many methods lack units, empty where none does."""
    every, done = len(results.method_results), len(complete(results))
    if done == every:
        return ""
    lacking = "is not finished" if every - done == 1 else "are not finished"
    return f"{every - done} of {counted(every, 'method', 'methods')} {lacking}"


def _scope(found: Sequence[Finding]) -> Iterator[str]:
    if any(finding.direction in ("better", "worse") for finding in found):
        yield "what was shown holds for this cohort and these settings"


def _power(found: Sequence[Finding]) -> Iterator[str]:
    by_metric: dict[str, list[float]] = {}
    for finding in found:
        if finding.open:
            by_metric.setdefault(finding.metric, []).append(finding.detectable)
    seen = [f"{_from_to(values)} in {metric}" for metric, values in by_metric.items()]
    if seen:
        yield (
            f"with 80 % power, before Holm, a difference of {listed(seen)} could have been seen, "
            "so that a smaller one may have been missed"
        )


def _from_to(values: Sequence[float]) -> str:
    low, high = decimal(min(values)), decimal(max(values))
    return low if low == high else f"{low} to {high}"


def _lost_to_holm(results: Results, found: Sequence[Finding]) -> Iterator[str]:
    lost = [f for f in found if f.open and f.corrected < ALPHA]
    if lost:
        family = counted(len(results.compared), "test", "tests")
        told = _told([(f.corrected, f.metric) for f in lost], len(found))
        yield f"Holm's correction for {family} takes away the corrected {told}"


def _not_borne_out(found: Sequence[Finding]) -> Iterator[str]:
    by_title: dict[str, list[tuple[float, str]]] = {}
    for finding in found:
        for title, p in finding.unborne.items():
            by_title.setdefault(title, []).append((p, finding.metric))
    for title, values in by_title.items():
        yield f"the {title} ({_told(values, len(found))}) is not borne out"


def _told(values: Sequence[tuple[float, str]], of: int) -> str:
    if len({metric for _, metric in values}) == len(values) <= 2:
        return listed([f"{p_is(p)} in {metric}" for p, metric in values])
    return f"p < .05 in {len(values)} of {of} tests"
