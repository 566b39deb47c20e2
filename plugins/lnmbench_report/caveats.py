"""Caveats of answer and conclusion: power, corrections, unconfirmed tests, unfinished methods."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from lnmbench.records import Results
from lnmbench.results import (
    ALPHA,
    Effect,
    PredictionChange,
    Question,
    Role,
    aux_questions,
    can_show_effect,
    deciding_alpha,
    describe_unlearned,
    detectable_in_new_cohort,
    family_size,
    find_aux_questions,
    format_alpha,
    format_decimal,
    format_p_equation,
    join_and,
    possible_gain,
    prediction_change,
    question_effects,
    question_margins,
    unlearned_tasks,
)
from lnmbench.text import plural
from lnmbench_report.controls import describe_controls

SMALL_CHANGE = 0.99
"""Correlation from which on predictions change little: an AUC of .78 can rise by .03."""
_AUC = "auc"
MOST = 2
"""The largest number of p values in a clause of the answer."""


def describe_caveats(results: Results, questions: Sequence[Question]) -> str:
    """Return the sentence on what limits the answer to several questions."""
    effects = [effect for q in questions for effect in question_effects(results, q)]
    unfinished = describe_unfinished(results)
    clauses = [
        *_describe_scope(effects),
        *describe_power(results, questions),
        *describe_margins(results, questions),
        *describe_corrected(results, effects),
        *describe_unconfirmed(effects),
        *describe_controls(results, questions),
        *([f"{unfinished}{_describe_growth(results)}"] if unfinished else []),
    ]
    if results.card.synthetic:
        clauses.append("results on a synthetic cohort do not apply to patients")
    return capitalize("; ".join(clauses)) + "."


def describe_unfinished(results: Results) -> str:
    """Return how many methods lack units, or an empty text."""
    total = len(results.method_results)
    complete = sum(result.complete for result in results.method_results)
    if complete == total:
        return ""
    verb = "is not finished" if total - complete == 1 else "are not finished"
    return f"{total - complete} of {plural(total, 'method')} {verb}"


def _describe_growth(results: Results) -> str:
    """Return that Holm's family will grow, if a question is not finished."""
    planned = find_aux_questions([result.method for result in results.method_results])
    grows = len(planned) > len(aux_questions(results))
    return ", so the family of tests will grow" if grows else ""


def describe_power(results: Results, questions: Sequence[Question]) -> Iterator[str]:
    """Yield clauses on the differences that the tests of open effects can detect.

    They are those of a new cohort of this size at the threshold that decides; of a target with
    several outcomes, those by the spread over the folds. A question whose
    method hardly changes the predictions, or learns none of its tasks, has no power to state.
    """
    insensitive = [
        question
        for question in questions
        if not can_show_effect(results, question) and not _has_shown(results, question)
    ]
    detectable: dict[tuple[Role, str], list[float]] = {}
    for question in questions:
        if question not in insensitive:
            for effect in question_effects(results, question):
                if effect.open:
                    size = effect.detectable
                    if results.outcomes is None:
                        size = detectable_in_new_cohort(results, question, effect)
                    detectable.setdefault((effect.role, effect.metric_title), []).append(size)
    scope = (
        "a new cohort of this size" if results.outcomes is None else "the spread over these folds"
    )
    sensitive = [question for question in questions if question not in insensitive]
    subject = "the comparison"
    if len(questions) > 1:
        labels = [question.method.label for question in sensitive]
        subject = f"the comparison of {labels[0]}" if len(labels) == 1 else "each comparison"
    for role in dict.fromkeys(role for role, _ in detectable):
        sizes = {title: values for (r, title), values in detectable.items() if r == role}
        yield from _describe_sizes(sizes, describe_threshold(results, role), scope, subject)
    yield from _describe_small_changes(results, sensitive, len(questions))
    if insensitive:
        yield _describe_insensitive(results, insensitive, len(questions))


def _describe_small_changes(
    results: Results, questions: Sequence[Question], total: int
) -> Iterator[str]:
    """Yield a clause on tasks that move the predictions too little for the test to detect it.

    Parameters
    ----------
    results
        The results.
    questions
        The questions whose methods change the predictions.
    total
        The number of all questions; of several, a single one is named.
    """
    small: list[tuple[PredictionChange, float]] = []
    for question in questions:
        change, gain = prediction_change(results, question), possible_gain(results, question)
        detectable = [
            detectable_in_new_cohort(results, question, effect)
            for effect in question_effects(results, question)
            if effect.open and effect.metric == _AUC
        ]
        is_small = change is not None and change.correlation >= SMALL_CHANGE
        if change is not None and is_small and any(gain < size for size in detectable):
            small.append((change, gain))
    if not small:
        return
    gains = _describe_range([gain for _, gain in small])
    if len(questions) == 1:
        change = small[0][0]
        subject = "the task" if total == 1 else f"the task of {questions[0].method.label}"
        yield (
            f"{subject} moves the predictions too little ({change.numbers}): that allows a gain of "
            f"about {gains} in AUC, so the comparison could hardly have shown its effect"
        )
    else:
        correlations = _describe_range([change.correlation for change, _ in small])
        yield (
            f"{len(small)} of {plural(len(questions), 'task')} move the predictions too little "
            f"(correlation {correlations}): that allows gains of about {gains} in AUC, so the "
            "comparisons could hardly have shown their effects"
        )


def describe_threshold(results: Results, role: Role) -> str:
    """Return the test and the threshold of p that decide, as text."""
    alpha = format_alpha(deciding_alpha(results, role))
    tests = family_size(results)
    if role != "family" or tests == 1:
        return f"corrected test at {alpha}"
    return f"corrected test at {alpha}, Holm's threshold for the smallest p of {tests} tests"


def describe_margins(results: Results, questions: Sequence[Question]) -> Iterator[str]:
    """Yield a clause on the questions within the declared margins; it counts those of several."""
    verdicts = [question_margins(results, question) for question in questions]
    if not any(verdicts):
        return
    if len(questions) == 1:
        detail = join_and([verdict.text for verdict in verdicts[0]])
    else:
        by_title: dict[str, list[str]] = {}
        for verdict in (verdict for group in verdicts for verdict in group):
            title = f"in {verdict.metric_title} (margin {format_decimal(verdict.test.margin)})"
            by_title.setdefault(title, []).append(verdict.verdict)
        detail = "; ".join(
            f"{title} " + join_and([f"{group.count(text)} {text}" for text in dict.fromkeys(group)])
            for title, group in by_title.items()
        )
    yield f"by the declared margins, without Holm's correction: {detail}"


def describe_corrected(
    results: Results, effects: Sequence[Effect], *, most: int = MOST
) -> Iterator[str]:
    """Yield a clause on effects that only Holm's correction makes insignificant.

    Parameters
    ----------
    results
        The results, whose pairs of methods are the family of tests.
    effects
        The effects of the questions to answer.
    most
        Largest number of p values to list. They are counted instead if there are more, or several
        of one metric.
    """
    lost = [(e.corrected, e.metric_title) for e in effects if e.open and e.corrected < ALPHA]
    if lost:
        family = plural(family_size(results), "test")
        yield (
            f"after Holm's correction for {family}, the corrected "
            f"{_describe_pvalues(lost, len(effects), most)} is not significant"
        )


def describe_unconfirmed(effects: Sequence[Effect], *, most: int = MOST) -> Iterator[str]:
    """Yield a clause on each published test with p values that the primary test does not confirm.

    It lists up to `most` p values, and counts them if there are more.
    """
    pvalues: dict[str, list[tuple[float, str]]] = {}
    for effect in effects:
        for title, p in effect.unconfirmed.items():
            pvalues.setdefault(title, []).append((p, effect.metric_title))
    for title, values in pvalues.items():
        detail = _describe_pvalues(values, len(effects), most)
        yield f"the {title} ({detail}) is not confirmed by the corrected test"


def capitalize(text: str) -> str:
    """Return the text with an initial capital; the rest keeps its case."""
    return f"{text[:1].upper()}{text[1:]}"


def _describe_scope(effects: Sequence[Effect]) -> Iterator[str]:
    if any(effect.direction in ("better", "worse") for effect in effects):
        yield "the differences shown hold for this cohort and these settings"


def _describe_sizes(
    sizes: Mapping[str, Sequence[float]], threshold: str, scope: str, subject: str
) -> Iterator[str]:
    """Yield a clause on the detectable differences by title of the metric."""
    finite = {
        title: [value for value in values if math.isfinite(value)]
        for title, values in sizes.items()
    }
    parts = [f"{_describe_range(values)} in {title}" for title, values in finite.items() if values]
    if parts:
        yield (
            f"with {scope}, {subject} has 80 % power for a difference of "
            f"{join_and(parts)} ({threshold}); smaller effects cannot be excluded"
        )
    undetectable = [title for title, values in sizes.items() if math.inf in values]
    if undetectable:
        yield (
            f"with {scope}, {subject} does not reach 80 % power for any "
            f"difference in {join_and(undetectable)} ({threshold})"
        )


def _has_shown(results: Results, question: Question) -> bool:
    effects = question_effects(results, question)
    return any(effect.direction in ("better", "worse") for effect in effects)


def _describe_insensitive(results: Results, insensitive: Sequence[Question], total: int) -> str:
    """Return why comparisons could not have shown an effect, whatever their power."""
    if len(insensitive) > 1:
        return (
            f"{len(insensitive)} of {plural(total, 'comparison')} could not have shown an effect, "
            "because both methods predict alike or the tasks are not learned"
        )
    (question,) = insensitive
    method, reference = question.method, question.reference
    change = prediction_change(results, question)
    if change is not None and change.is_negligible:
        reason = (
            f"the predictions of {method.label} are almost those of {reference.label} "
            f"({change.numbers})"
        )
    else:
        tasks = [describe_unlearned(results, score) for score in unlearned_tasks(results, method)]
        verb = "is" if len(tasks) == 1 else "are"
        reason = f"{join_and(tasks)} {verb} not learned by {method.label}"
    return f"{reason}, so the comparison could not have shown an effect"


def _describe_range(values: Sequence[float]) -> str:
    low, high = format_decimal(min(values)), format_decimal(max(values))
    return low if low == high else f"{low} to {high}"


def _describe_pvalues(values: Sequence[tuple[float, str]], tests: int, most: int) -> str:
    if len({title for _, title in values}) == len(values) <= most:
        return join_and([f"{format_p_equation(p)} in {title}" for p, title in values])
    return f"p < .05 in {len(values)} of {tests} tests"
