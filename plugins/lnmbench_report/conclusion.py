"""The conclusion: a line for each question, with its effects and their caveats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from lnmbench.contracts import SectionGroup
from lnmbench.records import Block, MethodResult, Paragraph, Results
from lnmbench.results import (
    Question,
    aux_questions,
    aux_title,
    complete_methods,
    control_questions,
    describe_verdicts,
    format_decimal,
    format_interval,
    has_aux_effect,
    join_and,
    make_claims,
    method_labels,
    metric_title,
    other_questions,
    primary_metrics_in_order,
    question_effects,
    target_title,
)
from lnmbench.text import plural
from lnmbench_report.caveats import (
    capitalize,
    describe_corrected,
    describe_margins,
    describe_power,
    describe_unconfirmed,
)
from lnmbench_report.controls import describe_attribution

MOST = 12
"""The largest number of comparisons with a sentence; tables show the others."""


class Conclusion:
    """A line on each auxiliary task, on each negative control, and on each baseline."""

    group: SectionGroup = "conclusion"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one paragraph, however many methods are complete."""
        lines = tuple(_write_lines(results))
        return [Paragraph(key="conclusion", title="Conclusion", lines=lines)]


def _write_lines(results: Results) -> Iterator[str]:
    complete = complete_methods(results)
    if len(complete) < 2:
        yield _describe_few(results, complete)
    elif not results.pair_comparisons:
        yield "Differences between methods are not tested: no plugin in use offers a primary test."
    else:
        yield from _describe_questions(results)
        if results.card.synthetic:
            yield "Results on a synthetic cohort do not apply to patients."


def _describe_few(results: Results, complete: Sequence[MethodResult]) -> str:
    if not complete and all(result.complete for result in results.method_results):
        return "No method has scores on the outer folds, so there is no conclusion."
    if not complete:
        return "No method is complete yet, so there is no conclusion."
    summary = complete[0].summary
    scores = [
        f"{metric_title(results, metric)} {format_decimal(summary[metric].value)} "
        f"(95 % CI {format_interval(summary[metric].low, summary[metric].high)})"
        for metric in primary_metrics_in_order(results)
    ]
    label = method_labels(results)[complete[0].method.fingerprint]
    others = [r.method for r in results.method_results if r.complete]
    has_controls = sum(method.is_scored for method in others) > 1
    only = "Apart from negative controls, only" if has_controls else "Only"
    is_complete = "is complete" if all(m.is_scored for m in others) else "has scores on the folds"
    return f"{only} {label} {is_complete}, so no methods are compared: {join_and(scores)}."


def _describe_questions(results: Results) -> Iterator[str]:
    tasks, controls = aux_questions(results), control_questions(results)
    if not tasks:
        yield from _describe_missing_reference(results)
    others = other_questions(results)
    count = len(tasks) + len(controls) + len(others)
    if count > MOST:
        tasks = sorted(tasks, key=lambda question: not _has_verdict(results, question))
    writers = [
        *(partial(_describe_task, results, question) for question in tasks),
        *(
            partial(_describe, results, q, f"{q.aux} against its negative control ({name})")
            for q, name in ((q, _name(results, q)) for q in controls)
        ),
        *(partial(_describe, results, q, _name(results, q)) for q in others),
    ]
    yield from (write() for write in writers[:MOST])
    if count > MOST:
        more = plural(count - MOST, "further comparison is", "further comparisons are")
        yield f"{more} in the tables of questions and of differences."


def _has_verdict(results: Results, question: Question) -> bool:
    effects = question_effects(results, question)
    return any(effect.direction in ("better", "worse") for effect in effects)


def _describe_missing_reference(results: Results) -> Iterator[str]:
    methods = [result.method for result in results.method_results]
    tasks = sorted({aux_title(method) for method in methods if has_aux_effect(method)})
    if tasks:
        yield (
            f"The effect of {join_and(tasks)} on prediction of {target_title(results)} is not "
            "known: this requires two complete networks with equal settings, one with the "
            "auxiliary task and one without."
        )


def _name(results: Results, question: Question) -> str:
    labels = method_labels(results)
    method, reference = question.method.fingerprint, question.reference.fingerprint
    return f"{labels[method]} against {labels[reference]}"


def _describe_task(results: Results, question: Question) -> str:
    subject = f"Auxiliary task {question.aux} ({_name(results, question)})"
    attribution = describe_attribution(make_claims(results, question))
    return " ".join([_describe(results, question, subject), *attribution])


def _describe(results: Results, question: Question, subject: str) -> str:
    effects = question_effects(results, question)
    caveats = [
        *describe_power(results, [question]),
        *describe_margins(results, [question]),
        *describe_corrected(results, effects, most=len(effects)),
        *describe_unconfirmed(effects, most=len(effects)),
    ]
    sentences = [f"{capitalize(caveat)}." for caveat in caveats]
    return " ".join([f"{subject}: {describe_verdicts(effects)}.", *sentences])
