"""What the numbers allow to conclude, and no more than that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lnmbench.records import Block, MethodResult, Paragraph, Results
from lnmbench_report.answered import verdicts
from lnmbench_report.arms import (
    Question,
    aux_of,
    aux_questions,
    complete,
    control_questions,
    names,
    other_questions,
)
from lnmbench_report.findings import Finding, findings
from lnmbench_report.printed import ALPHA, counted, decimal, interval, listed, p_is
from lnmbench_report.reading_order import primary_in_order

MOST = 30
"""Comparisons that get a sentence; the rest stand in the table."""


class Conclusion:
    """A line on each auxiliary task, on each shuffled control, and on each baseline."""

    order = 40

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one paragraph, whatever is complete."""
        lines = tuple(_lines(results))
        return [Paragraph(key="conclusion", title="Conclusion", lines=lines)]


def _lines(results: Results) -> Iterator[str]:
    outcomes = complete(results)
    if len(outcomes) < 2:
        yield too_few(results, outcomes)
    elif not results.compared:
        yield "Differences between methods are not judged: no plugin in use offers a primary test."
    else:
        yield from _answers(results)
        if results.card.synthetic:
            yield "This holds for a synthetic cohort; it says nothing of patients."


def too_few(results: Results, outcomes: Sequence[MethodResult]) -> str:
    """Return what may be said of none or one complete method."""
    if not outcomes:
        return "No method is complete yet: nothing can be concluded."
    summary = outcomes[0].summary
    scores = [
        f"{results.metric_titles.get(metric, metric)} {decimal(summary[metric].value)} "
        f"(95 % CI {interval(summary[metric].low, summary[metric].high)})"
        for metric in primary_in_order(results)
    ]
    label = names(results)[outcomes[0].method.fingerprint]
    return f"Only {label} is complete, so nothing is compared: {listed(scores)}."


def _answers(results: Results) -> Iterator[str]:
    asked, controls = aux_questions(results), control_questions(results)
    if not asked:
        yield from _unanswered(results)
    lines = [
        *(_aux(results, question) for question in asked),
        *(_control(results, question) for question in controls),
        *(_other(results, question) for question in other_questions(results)),
    ]
    yield from lines[:MOST]
    if len(lines) > MOST:
        more = counted(len(lines) - MOST, "comparison stands", "comparisons stand")
        yield f"{more} in the tables of differences alone."


def _unanswered(results: Results) -> Iterator[str]:
    asking = [o.method for o in results.method_results if o.method.aux and not o.method.is_control]
    tasks = sorted(set(map(aux_of, asking)))
    if tasks:
        yield (
            f"What {listed(tasks)} adds to {results.protocol.target} is not answered: it takes two "
            "complete networks with equal settings, one with the auxiliary task and one without."
        )


def _aux(results: Results, question: Question) -> str:
    lead = f"{question.aux} beside {results.protocol.target} ({_couple(results, question)})"
    return _answer(results, question, lead)


def _control(results: Results, question: Question) -> str:
    lead = f"{question.aux} against its shuffled control ({_couple(results, question)})"
    return _answer(results, question, lead)


def _other(results: Results, question: Question) -> str:
    return _answer(results, question, _couple(results, question))


def _couple(results: Results, question: Question) -> str:
    labels = names(results)
    method, reference = question.method.fingerprint, question.reference.fingerprint
    return f"{labels[method]} against {labels[reference]}"


def _answer(results: Results, question: Question, lead: str) -> str:
    found = findings(results, question)
    caveats = [*_power(found), *_lost_to_holm(results, found), *_not_borne_out(found)]
    return " ".join([f"{lead}: {verdicts(found)}.", *caveats])


def _power(found: Sequence[Finding]) -> Iterator[str]:
    seen = [f"{decimal(f.detectable)} in {f.metric}" for f in found if f.open]
    if seen:
        noun = "a difference" if len(seen) == 1 else "differences"
        yield (
            f"With 80 % power, before Holm, this experiment could have seen {noun} of "
            f"{listed(seen)}."
        )


def _lost_to_holm(results: Results, found: Sequence[Finding]) -> Iterator[str]:
    lost = [f"{p_is(f.corrected)} in {f.metric}" for f in found if f.open and f.corrected < ALPHA]
    if lost:
        family = counted(len(results.compared), "test", "tests")
        yield f"Holm's correction for {family} takes away the corrected {listed(lost)}."


def _not_borne_out(found: Sequence[Finding]) -> Iterator[str]:
    by_title: dict[str, list[str]] = {}
    for finding in found:
        for title, p in finding.unborne.items():
            by_title.setdefault(title, []).append(f"{p_is(p)} in {finding.metric}")
    for title, values in by_title.items():
        yield f"The {title} ({listed(values)}) is not borne out."
