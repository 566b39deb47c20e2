"""The answer on top of the report, in two sentences: what was found, and what that allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lnmbench.records import Block, MethodResult, Paragraph, Results
from lnmbench_report.allowed import allowed, unfinished
from lnmbench_report.answered import answered, cohort_of
from lnmbench_report.arms import aux_of, aux_questions, complete, names
from lnmbench_report.by_metric import mean_cell
from lnmbench_report.printed import listed
from lnmbench_report.reading_order import primary_in_order


class Answer:
    """Whether an auxiliary task helps, by how much and in what; and how far that may be believed.

    Where the run cannot answer, the two sentences say why and what would.
    """

    order = 5

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one paragraph of two sentences, whatever is complete."""
        return [Paragraph(key="answer", title="Answer", lines=(_sentences(results),))]


def _sentences(results: Results) -> str:
    asked = aux_questions(results)
    if asked and results.compared:
        return f"{answered(results, asked)} {allowed(results, asked)}"
    if not complete(results):
        return _nothing_yet(results)
    tasks = _tasks(results)
    if not tasks:
        return _not_asked(results)
    gain = f"What is gained by learning {listed(tasks)} beside {results.protocol.target}"
    if asked:
        return (
            f"{gain} is not judged: no plugin in use offers a primary test. "
            f"The scores in {cohort_of(results)} stand below."
        )
    if aux_questions(_as_if_finished(results)):
        return (
            f"{gain} is not answered yet: {unfinished(results)}. "
            "The same command goes on where the run stopped."
        )
    return (
        f"{gain} is not answered: no network of this run has equal settings and does without. "
        "Add that arm to the run, and it will be."
    )


def _nothing_yet(results: Results) -> str:
    done = sum(outcome.units_done for outcome in results.method_results)
    every = sum(outcome.units_all for outcome in results.method_results)
    return (
        f"Nothing can be said yet: no method is complete, {done} of {every} units are done. "
        "The same command goes on where the run stopped."
    )


def _not_asked(results: Results) -> str:
    controls = any(outcome.method.is_control for outcome in results.method_results)
    labels = " with its own labels" if controls else ""
    first = (
        "This run does not ask whether an auxiliary task helps: none of its methods learns one"
        f"{labels}."
    )
    outcomes = complete(results)
    if len(outcomes) == 1:
        return f"{first} {_alone(results, outcomes[0])}"
    return f"{first} How {len(outcomes)} methods do in {cohort_of(results)} stands below."


def _alone(results: Results, outcome: MethodResult) -> str:
    scores = [
        f"{results.metric_titles.get(metric, metric)} {mean_cell(outcome.summary[metric]).text}"
        for metric in primary_in_order(results)
    ]
    label = names(results)[outcome.method.fingerprint]
    return f"Only {label} is complete: {listed(scores)} in {cohort_of(results)}."


def _tasks(results: Results) -> list[str]:
    methods = [outcome.method for outcome in results.method_results]
    return sorted({aux_of(method) for method in methods if method.aux and not method.is_control})


def _as_if_finished(results: Results) -> Results:
    finished = tuple(replace(one, units_done=one.units_all) for one in results.method_results)
    return replace(results, method_results=finished)
