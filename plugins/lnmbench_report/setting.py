"""The setting of the run: cohort, terms of use, features, protocol and encoder weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from lnmbench.contracts import SectionGroup
from lnmbench.records import (
    CLINICAL_MODALITY,
    Block,
    Card,
    Choice,
    Paragraph,
    Results,
    Weights,
    image_network,
)
from lnmbench.redaction import redact_data_set
from lnmbench.results import (
    FAMILY_TITLES,
    describe_target,
    format_decimal,
    join_and,
    merge_summarized_controls,
    method_labels,
    metric_heading,
    metric_title,
    primary_metrics_in_order,
)
from lnmbench.text import plural
from lnmbench_report.citation import NOT_STATED

SOURCES = {
    "imagenet": "ImageNet",
    "kinetics": "Kinetics-400",
    "random": "RANDOM (seeded), not trained on any image",
}

MOST_FEATURES = 12
"""The largest number of features by name; of longer lists the others are counted."""


class Setting:
    """Cohort, truth of a synthetic one, terms of use, features, protocol and encoder weights."""

    group: SectionGroup = "answer"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one paragraph."""
        lines = (
            _describe_cohort(results),
            *_describe_truth(results.card),
            _describe_terms(results.card),
            *results.card.notes,
            *_describe_features(results),
            *_describe_protocol(results),
            *_describe_weights(results),
            *map(_spell_out, results.notes),
            *_describe_incomplete(results),
        )
        return [Paragraph(key="setting", title="Setting", lines=lines)]


def _spell_out(note: str) -> str:
    """Return a note of the run as a sentence of the report."""
    if note.startswith("aux "):
        note = f"Auxiliary task {note.removeprefix('aux ')}"
    elif note.startswith(("positive: ", "score ", "guideline: ")):
        note = note[0].upper() + note[1:]
    return note if note.endswith((".", "!", "?")) else f"{note}."


def _describe_cohort(results: Results) -> str:
    prevalence = format_decimal(results.positives / results.n) if results.n else "unknown"
    positive = "positive for"
    if results.outcomes is not None:
        outcomes = plural(len(results.outcomes.names), "outcome")
        positive = f"positive in at least one of {outcomes} of"
    return (
        f"Cohort: {redact_data_set(results.cohort)} ({results.card.title}), "
        f"fingerprint {results.fingerprint[:12]}. "
        f"{plural(results.n, 'case')}, {results.positives} {positive} "
        f"{describe_target(results)}, prevalence {prevalence}."
    )


def _describe_truth(card: Card) -> Iterator[str]:
    if not card.synthetic:
        return
    values = "; ".join(f"{name} {format_decimal(value)}" for name, value in card.truth.items())
    truth = f"Truth: {values}." if values else ""
    yield f"SYNTHETIC cohort: rendered, not patients. {truth}".strip()


def _describe_terms(card: Card) -> str:
    citation = card.citation.rstrip(".")
    cite = f"please cite: {citation}" if citation not in NOT_STATED else "no citation is stated"
    return f"License: {card.license.rstrip('.')}; {cite}."


def _describe_protocol(results: Results) -> Iterator[str]:
    protocol = results.protocol
    yield (
        f"Protocol: {protocol} (repeats × outer folds × inner folds), stratified by "
        f"the target, seed {protocol.seed}; each method is tested on {protocol.units} outer "
        "folds."
    )
    titles = [metric_heading(results, metric) for metric in primary_metrics_in_order(results)]
    if titles:
        noun = "metric" if len(titles) == 1 else "metrics"
        yield f"Primary {noun}, declared before the run: {join_and(titles)}."
    if protocol.family != "auxiliary":
        yield (
            "Family of tests (Holm), declared before the run: "
            f"{FAMILY_TITLES[protocol.family]} ({protocol.family})."
        )
    margins = [
        f"{format_decimal(margin)} in {metric_title(results, metric)}"
        for metric, margin in protocol.margins
    ]
    if margins:
        noun = "Margin" if len(margins) == 1 else "Margins"
        yield f"{noun}, declared before the run: {join_and(margins)}."


def _describe_features(results: Results) -> Iterator[str]:
    if results.profile is None:
        return
    variables = [v for v in results.profile.variables if v.role == "feature"]
    features = [v.name for v in variables if v.modality == CLINICAL_MODALITY]
    counts = Counter(v.modality for v in variables if v.modality != CLINICAL_MODALITY)
    if counts:
        named = [f"{name} ({plural(count, 'feature')})" for name, count in sorted(counts.items())]
        yield f"Further modalities, known before surgery: {join_and(named)}."
    if not features:
        yield "Features: none." if not counts else "Clinical features: none."
        return
    hidden = len(features) - MOST_FEATURES if len(features) > MOST_FEATURES + 1 else 0
    names = features[: len(features) - hidden] + ([f"{hidden} more"] if hidden else [])
    noun = plural(len(features), "clinical variable")
    yield f"Features: {noun}, known before surgery: {join_and(names)}."


def _describe_weights(results: Results) -> Iterator[str]:
    labels_by_weights: dict[str, list[str]] = {}
    results = merge_summarized_controls(results)
    labels = method_labels(results)
    for result in results.method_results:
        network = image_network(result.method)
        if network is not None and network.weights.source != "none":
            source = _describe_source(network.encoder, network.weights)
            label = f'"{labels[result.method.fingerprint]}"'
            labels_by_weights.setdefault(source, []).append(label)
    for source, methods in labels_by_weights.items():
        scope = f" ({join_and(methods)})" if len(labels_by_weights) > 1 else ""
        yield f"Encoder weights{scope}: {source}."


def _describe_source(encoder: Choice, weights: Weights) -> str:
    note = f"; {weights.note.rstrip('.')}" if weights.note else ""
    note += f"; pretrained on {weights.pretrained_on}" if weights.pretrained_on else ""
    return f"{encoder.name}, {SOURCES.get(weights.source, weights.source)}{note}"


def _describe_incomplete(results: Results) -> Iterator[str]:
    results = merge_summarized_controls(results)
    labels = method_labels(results)
    incomplete = [
        f"{labels[r.method.fingerprint]} ({r.units_done} of {r.units_all} units)"
        for r in results.method_results
        if not r.complete
    ]
    if incomplete:
        yield f"Not finished, and not in the tables: {join_and(incomplete)}."
