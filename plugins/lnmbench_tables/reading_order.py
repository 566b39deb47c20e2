"""In which order a reader finds metrics and pairs, however they are stored."""

from __future__ import annotations

from lnmbench.records import Compared, Results
from lnmbench_tables.arms import Question, aux_questions, other_questions

FIRST = ("auc", "ap")  # as in the paper; other metrics follow as they come


def metrics_in_order(results: Results) -> list[str]:
    """Return the metrics, the paper's first."""
    return sorted(results.metrics, key=_place)


def pairs_in_order(results: Results) -> list[Compared]:
    """Return the comparisons: the question of the auxiliary task, baselines, then the rest."""
    questions = [*aux_questions(results), *other_questions(results)]
    places = {_couple(question): place for place, question in enumerate(questions)}

    def key(one: Compared) -> tuple[int, str, str, int]:
        couple = frozenset((one.method_a, one.method_b))
        place = places.get(couple, len(places))
        return place, one.method_b, one.method_a, _place(one.metric)

    return sorted(results.compared, key=key)


def _couple(question: Question) -> frozenset[str]:
    return frozenset((question.method.fingerprint, question.reference.fingerprint))


def _place(metric: str) -> int:
    return FIRST.index(metric) if metric in FIRST else len(FIRST)
