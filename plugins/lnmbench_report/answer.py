"""The answer at the top of the report: two sentences on the auxiliary tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from lnmbench.contracts import SectionGroup
from lnmbench.records import Block, MethodResult, Paragraph, Results
from lnmbench.results import (
    Claim,
    Direction,
    Effect,
    Question,
    aux_questions,
    aux_title,
    complete_methods,
    describe_aux,
    describe_errors,
    format_difference,
    format_p_equation,
    has_aux_effect,
    join_and,
    make_claims,
    method_labels,
    metric_title,
    primary_metrics_in_order,
    target_title,
)
from lnmbench.text import plural
from lnmbench_report.caveats import describe_caveats, describe_unfinished
from lnmbench_report.cohort_text import describe_cohort
from lnmbench_report.performance import mean_cell

Conclusion = Direction | Literal["mixed", "shared"]
"""The conclusion on a task: a direction, several of them, or a gain that its controls share."""

TASKS = 3
"""Auxiliary tasks that the sentence names; those with a difference come first."""

_CONCLUSIONS: dict[Conclusion, str] = {
    "better": "improved {prediction}",
    "shared": "improved {prediction}, but not demonstrably more than permuted labels did",
    "worse": "worsened {prediction}",
    "mixed": "improved {prediction} in one metric and worsened it in another",
    "same": "left {prediction} unchanged in every fold",
    "open": "did not demonstrably improve {prediction}",
    "descriptive": "was compared descriptively in {prediction}",
}


class Answer:
    """The effect of the auxiliary tasks on the target, and the limits of that answer.

    If the run cannot answer, the two sentences say why, and what to run.
    """

    group: SectionGroup = "answer"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one paragraph of two sentences, after those on errors that checks found."""
        lines = (*describe_errors(results), _write_sentences(results))
        return [Paragraph(key="answer", title="Answer", lines=lines)]


def describe_effects(results: Results, questions: Sequence[Question]) -> str:
    """Return the sentence on each auxiliary task: direction, size and metrics of its effect.

    For a task with several pairs of networks it counts the pairs with each result.
    """
    questions_by_task = _group_by_task(results, questions)
    claims_by_task = {
        task: [make_claims(results, question) for question in group]
        for task, group in questions_by_task.items()
    }
    tasks = sorted(questions_by_task, key=lambda task: all(map(_is_open, claims_by_task[task])))
    clauses = [
        _write_clause(results, task, questions_by_task[task], claims_by_task[task])
        for task in tasks[:TASKS]
    ]
    if len(tasks) > TASKS:
        more = plural(len(tasks) - TASKS, "further task")
        clauses.append(f"for {more} see the conclusion")
    return f"In {describe_cohort(results)}, {'; '.join(clauses)}."


def conclude(claims: Sequence[Claim]) -> Conclusion:
    """Return the common conclusion of the metrics of one question."""
    conclusions = set(map(_conclude, claims))
    if "worse" in conclusions and not conclusions.isdisjoint(("better", "shared")):
        return "mixed"
    order: tuple[Conclusion, ...] = ("better", "shared", "worse", "open", "same")
    return next((conclusion for conclusion in order if conclusion in conclusions), "open")


def _conclude(claim: Claim) -> Conclusion:
    if claim.gain and claim.evidence == "not beaten":
        return "shared"
    return claim.effect.direction


def _write_sentences(results: Results) -> str:
    questions = aux_questions(results)
    if questions and results.pair_comparisons:
        return f"{describe_effects(results, questions)} {describe_caveats(results, questions)}"
    if not complete_methods(results):
        return _describe_empty_run(results)
    tasks = sorted(
        {aux_title(r.method) for r in results.method_results if has_aux_effect(r.method)}
    )
    if not tasks:
        return _describe_run_without_tasks(results)
    effect = f"The effect of {join_and(tasks)} on prediction of {target_title(results)}"
    if questions:
        return (
            f"{effect} is not tested: no plugin in use offers a primary test. "
            f"See the tables for the scores in {describe_cohort(results)}."
        )
    if aux_questions(_finish(results)):
        return (
            f"{effect} is not known yet: {describe_unfinished(results)}. "
            "Rerun the same command to resume the run."
        )
    return (
        f"{effect} is not known: no network of this run has equal settings and no auxiliary task. "
        "Add that method to the run."
    )


def _describe_empty_run(results: Results) -> str:
    done = sum(result.units_done for result in results.method_results)
    total = sum(result.units_all for result in results.method_results)
    if done == total:
        return (
            "The methods of this run are calls, or lack predictions of some cases, so that they "
            "have no scores on the outer folds; see the table of methods that are not trained."
        )
    return (
        f"There are no results yet: no method is complete, {done} of {total} units are done. "
        "Rerun the same command to resume the run."
    )


def _describe_run_without_tasks(results: Results) -> str:
    methods = [result.method for result in results.method_results]
    labels = " with its own labels" if any(method.is_permuted for method in methods) else ""
    if any(method.control != "none" for method in methods):
        labels = " that is no control"
    first = f"This run does not test an auxiliary task: none of its methods has one{labels}."
    complete = complete_methods(results)
    if len(complete) == 1:
        return f"{first} {_describe_single_method(results, complete[0])}"
    cohort = describe_cohort(results)
    return f"{first} See the tables for {len(complete)} methods in {cohort}."


def _describe_single_method(results: Results, result: MethodResult) -> str:
    scores = [
        f"{metric_title(results, metric)} {mean_cell(result.summary[metric]).text}"
        for metric in primary_metrics_in_order(results)
    ]
    label = method_labels(results)[result.method.fingerprint]
    complete = [r.method for r in results.method_results if r.complete]
    verb = "is complete" if all(m.is_scored for m in complete) else "has scores on the outer folds"
    return f"Only {label} {verb}: {join_and(scores)} in {describe_cohort(results)}."


def _finish(results: Results) -> Results:
    finished = tuple(replace(r, units_done=r.units_all) for r in results.method_results)
    return replace(results, method_results=finished)


def _group_by_task(results: Results, questions: Sequence[Question]) -> dict[str, list[Question]]:
    """Return the questions of each task; equal titles are distinguished by their first label."""
    by_choice: dict[str, list[Question]] = {}
    for question in questions:
        by_choice.setdefault(str(question.method.aux), []).append(question)
    by_title: dict[str, list[Question]] = {}
    for group in by_choice.values():
        title = describe_aux(results, group[0].method)
        label = group[0].method.label
        by_title[f"{title} in {label}" if title in by_title else title] = group
    return by_title


def _write_clause(
    results: Results,
    task: str,
    questions: Sequence[Question],
    claims_by_pair: Sequence[list[Claim]],
) -> str:
    if len(claims_by_pair) == 1:
        parts = list(_describe_pair(claims_by_pair[0]))
    else:
        parts = list(_count_pairs(questions, claims_by_pair))
    prediction = [f"prediction of {target_title(results)}", *(["it"] * (len(parts) - 1))]
    written = [
        f"{_CONCLUSIONS[conclusion].format(prediction=noun)} {detail}"
        for (conclusion, detail), noun in zip(parts, prediction, strict=True)
    ]
    noun = "an auxiliary task" if len(questions[0].method.aux) == 1 else "auxiliary tasks"
    return f"adding {task} as {noun} {' and '.join(written)}"


def _describe_pair(claims: Sequence[Claim]) -> Iterator[tuple[Conclusion, str]]:
    for conclusion in dict.fromkeys(map(_conclude, claims)):
        group = [claim.effect for claim in claims if _conclude(claim) == conclusion]
        if conclusion == "same":
            detail = join_and([effect.metric_title for effect in group])
        else:
            detail = "; ".join(effect.numbers for effect in group)
        yield conclusion, f"({detail})"


def _count_pairs(
    questions: Sequence[Question], claims_by_pair: Sequence[list[Claim]]
) -> Iterator[tuple[Conclusion, str]]:
    conclusions = list(map(conclude, claims_by_pair))
    for conclusion in _CONCLUSIONS:
        pairs = [index for index, c in enumerate(conclusions) if c == conclusion]
        if pairs:
            share = f"in {len(pairs)} of {len(claims_by_pair)} pairs of networks"
            if conclusion in ("open", "same"):
                detail = _describe_range([c.effect for i in pairs for c in claims_by_pair[i]])
            else:
                detail = _describe_strongest(
                    [questions[index] for index in pairs], [claims_by_pair[i] for i in pairs]
                )
            yield conclusion, f"{share} ({detail})"


def _describe_range(effects: Sequence[Effect]) -> str:
    """Return the range of the first metric's differences, and the smallest Holm p of all."""
    first = [effect for effect in effects if effect.metric == effects[0].metric]
    estimates = [effect.estimate for effect in first]
    low, high = format_difference(min(estimates)), format_difference(max(estimates))
    smallest = min(effect.holm for effect in effects)
    span = low if low == high else f"{low} to {high}"
    return f"{first[0].metric_title} {span}, smallest Holm {format_p_equation(smallest)}"


def _describe_strongest(
    questions: Sequence[Question], claims_by_pair: Sequence[list[Claim]]
) -> str:
    strongest = min(
        range(len(claims_by_pair)),
        key=lambda index: min(claim.effect.holm for claim in claims_by_pair[index]),
    )
    effects = [claim.effect for claim in claims_by_pair[strongest]]
    numbers = [e.numbers for e in effects if e.direction in ("better", "worse")]
    lead = "most clearly " if len(claims_by_pair) > 1 else ""
    return f"{lead}{questions[strongest].method.label}: {'; '.join(numbers)}"


def _is_open(claims: Sequence[Claim]) -> bool:
    return conclude(claims) in ("open", "same")
