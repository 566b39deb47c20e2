"""The head of the report: on what, how and with what the numbers were made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lnmbench.records import Block, Card, Choice, Paragraph, Results, Weights
from lnmbench_tables.arms import names
from lnmbench_tables.figures import counted, decimal, listed

SOURCES = {
    "imagenet": "ImageNet",
    "kinetics": "Kinetics-400",
    "random": "RANDOM (seeded), nothing learnt from any image",
}

_UNCITED = ("", "none", "not stated")


class Setting:
    """Cohort, truth where it is synthetic, licence, the card's notes, protocol, weights, gaps."""

    order = 10

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one paragraph."""
        lines = (
            _cohort(results),
            *_truth(results.card),
            _terms(results.card),
            *results.card.notes,
            *_protocol(results),
            *_weights(results),
            *results.notes,
            *_incomplete(results),
        )
        return [Paragraph(key="setting", title="Setting", lines=lines)]


def synthetic_mark(card: Card) -> str:
    """Return what a table's title says of a synthetic cohort, else an empty text."""
    return ", SYNTHETIC cohort" if card.synthetic else ""


def _cohort(results: Results) -> str:
    cases = counted(results.n, "case", "cases")
    share = decimal(results.positives / results.n) if results.n else "unknown"
    return (
        f"Cohort: {results.cohort} ({results.card.title}), fingerprint {results.fingerprint[:12]}. "
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
    return f"Licence: {card.licence.rstrip('.')}; {cite}."


def _protocol(results: Results) -> Iterator[str]:
    p = results.protocol
    yield (
        f"Protocol: {p} (repeats × outer folds × inner folds), stratified by {p.target}, "
        f"seed {p.seed}; each method is tested on {p.units} outer folds."
    )


def _weights(results: Results) -> Iterator[str]:
    by_weights: dict[str, list[str]] = {}
    labels = names(results)
    for outcome in results.outcomes:
        method = outcome.method
        if method.encoder and method.weights and method.weights.source != "none":
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
        for o in results.outcomes
        if not o.complete
    ]
    if missing:
        yield f"Not finished, and left out of the tables: {listed(missing)}."
