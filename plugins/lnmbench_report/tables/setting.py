"""The head of the report: on what, how and with what the numbers were made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lnmbench.records import Block, Card, Choice, NetworkMethod, Paragraph, Results, Weights
from lnmbench_report.arms import names
from lnmbench_report.by_metric import metric_title
from lnmbench_report.marks import cohort_name
from lnmbench_report.printed import counted, decimal, listed
from lnmbench_report.reading_order import primary_in_order

SOURCES = {
    "imagenet": "ImageNet",
    "kinetics": "Kinetics-400",
    "random": "RANDOM (seeded), nothing learned from any image",
}

NAMED = 12
"""Features that are named; of longer lists the rest is counted."""

_UNCITED = ("", "none", "not stated")


class Setting:
    """Cohort, truth where it is synthetic, terms, features, protocol, weights, gaps."""

    order = 10

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one paragraph."""
        lines = (
            _cohort(results),
            *_truth(results.card),
            _terms(results.card),
            *results.card.notes,
            *_features(results),
            *_protocol(results),
            *_weights(results),
            *results.notes,
            *_incomplete(results),
        )
        return [Paragraph(key="setting", title="Setting", lines=lines)]


def _cohort(results: Results) -> str:
    cases = counted(results.n, "case", "cases")
    share = decimal(results.positives / results.n) if results.n else "unknown"
    return (
        f"Cohort: {cohort_name(results.cohort)} ({results.card.title}), "
        f"fingerprint {results.fingerprint[:12]}. "
        f"{cases}, {results.positives} positive for {results.protocol.target} (prevalence {share})."
    )


def _truth(card: Card) -> Iterator[str]:
    if not card.synthetic:
        return
    known = "; ".join(f"{what} {decimal(value)}" for what, value in card.truth.items())
    yield f"SYNTHETIC cohort: rendered, not patients. {f'Truth: {known}.' if known else ''}".strip()


def _terms(card: Card) -> str:
    citation = card.citation.rstrip(".")
    cite = f"please cite: {citation}" if citation not in _UNCITED else "no citation is stated"
    return f"License: {card.license.rstrip('.')}; {cite}."


def _protocol(results: Results) -> Iterator[str]:
    p = results.protocol
    yield (
        f"Protocol: {p} (repeats × outer folds × inner folds), stratified by {p.target}, "
        f"seed {p.seed}; each method is tested on {p.units} outer folds."
    )
    titles = [metric_title(results, metric) for metric in primary_in_order(results)]
    if titles:
        noun = "metric" if len(titles) == 1 else "metrics"
        yield f"Primary {noun}, declared before the run: {listed(titles)}."


def _features(results: Results) -> Iterator[str]:
    if results.profile is None:
        return
    used = [v.name for v in results.profile.variables if v.role == "feature"]
    if not used:
        yield "Features: none."
        return
    cut = len(used) - NAMED if len(used) > NAMED + 1 else 0
    named = [*used[: len(used) - cut], *([f"{cut} more"] if cut else [])]
    noun = counted(len(used), "clinical variable", "clinical variables")
    yield f"Features: {noun}, known before surgery: {listed(named)}."


def _weights(results: Results) -> Iterator[str]:
    by_weights: dict[str, list[str]] = {}
    labels = names(results)
    for outcome in results.method_results:
        method = outcome.method
        if isinstance(method, NetworkMethod) and method.weights.source != "none":
            arms = by_weights.setdefault(_source(method.encoder, method.weights), [])
            arms.append(f'"{labels[method.fingerprint]}"')
    for text, arms in by_weights.items():
        where = f" ({listed(arms)})" if len(by_weights) > 1 else ""
        yield f"Encoder weights{where}: {text}."


def _source(encoder: Choice, weights: Weights) -> str:
    note = f"; {weights.note.rstrip('.')}" if weights.note else ""
    return f"{encoder.name}, {SOURCES.get(weights.source, weights.source)}{note}"


def _incomplete(results: Results) -> Iterator[str]:
    labels = names(results)
    missing = [
        f"{labels[o.method.fingerprint]} ({o.units_done} of {o.units_all} units)"
        for o in results.method_results
        if not o.complete
    ]
    if missing:
        yield f"Not finished, and left out of the tables: {listed(missing)}."
