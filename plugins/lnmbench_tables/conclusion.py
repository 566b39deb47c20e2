"""What the numbers allow to conclude, and no more than that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lnmbench.records import Block, Outcome, Paragraph, Results
from lnmbench_tables.arms import (
    Question,
    aux_of,
    aux_questions,
    complete,
    names,
    other_questions,
)
from lnmbench_tables.figures import ALPHA, counted, decimal, interval, listed, p_is
from lnmbench_tables.findings import Finding, findings


class Conclusion:
    """One line on the auxiliary task, then one for each comparison with a baseline."""

    order = 40

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one paragraph, whatever is complete."""
        lines = tuple(_lines(results))
        return [Paragraph(key="conclusion", title="Conclusion", lines=lines)]


def _lines(results: Results) -> Iterator[str]:
    outcomes = complete(results)
    if len(outcomes) < 2:
        yield _too_few(results, outcomes)
    elif not results.compared:
        yield "Differences between methods are not judged: no plugin in use offers a primary test."
    else:
        asked = aux_questions(results)
        if not asked:
            yield from _unanswered(results)
        for question in [*asked, *other_questions(results)]:
            yield _answer(results, question)
        if results.card.synthetic:
            yield "This holds for a synthetic cohort; it says nothing of patients."


def _too_few(results: Results, outcomes: Sequence[Outcome]) -> str:
    if not outcomes:
        return "No method is complete yet: nothing can be concluded."
    only = outcomes[0]
    scores = [
        f"{results.metric_titles.get(metric, metric)} {decimal(s.value)} "
        f"(95 % {interval(s.low, s.high)})"
        for metric, s in only.summary.items()
    ]
    label = names(results)[only.method.fingerprint]
    return f"Only {label} is complete, so nothing is compared: {listed(scores)}."


def _unanswered(results: Results) -> Iterator[str]:
    tasks = sorted({aux_of(o.method) for o in results.outcomes if o.method.aux})
    if tasks:
        yield (
            f"What {listed(tasks)} adds to {results.protocol.target} is not answered: it takes two "
            "complete networks with equal settings, one with the auxiliary task and one without."
        )


def _answer(results: Results, question: Question) -> str:
    labels = names(results)
    method = labels[question.method.fingerprint]
    reference = labels[question.reference.fingerprint]
    lead = f"{method} against {reference}"
    if question.aux:
        lead = f"{question.aux} beside {results.protocol.target} ({lead})"
    found = findings(results, question)
    caveats = [*_power(found), *_lost_to_holm(results, found), *_not_borne_out(found)]
    return " ".join([f"{lead}: {_verdicts(found)}.", *caveats])


def _verdicts(found: Sequence[Finding]) -> str:
    by_verdict: dict[str, list[str]] = {}
    for finding in found:
        by_verdict.setdefault(finding.verdict, []).append(finding.numbers)
    return ", ".join(f"{verdict} ({'; '.join(n)})" for verdict, n in by_verdict.items())


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
