"""The page of explanations: tables, and pictures and figures of each case."""

from __future__ import annotations

from collections.abc import Iterator

from lnmbench.records import BaselineMethod, Block, Page, Paragraph
from lnmbench.results import describe_target, format_decimal, join_and
from lnmbench.stages.explain.explain_run import Explained
from lnmbench.stages.explain.pictures import color_limit, make_gallery, make_slice_figure
from lnmbench.stages.explain.tables import make_case_table, make_method_table, make_slice_table
from lnmbench.stages.report import number_blocks
from lnmbench.text import join_first, plural

MOST_OUTCOMES = 12
"""Outcomes that a sentence names."""


def build_explanation_page(explained: Explained) -> Page:
    """Return explanations as a page."""
    labels = {each.method.fingerprint: each.method.label for each in explained.methods}
    controls = {each.method.fingerprint for each in explained.methods if each.method.is_control}
    results = explained.results
    return Page(
        title=f"Images in predictions of {describe_target(results)}",
        subtitle=f"{plural(len(explained.cases), 'case')} of {results.cohort.partition(':')[0]}",
        methods=labels,
        chosen=tuple(labels),
        blocks=tuple(number_blocks(_blocks(explained))),
        badge="SYNTHETIC" if results.card.synthetic else "",
        controls=tuple(label for label in labels if label in controls),
    )


def _blocks(explained: Explained) -> Iterator[Block]:
    limit = color_limit(explained)
    yield _describe(explained, limit)
    yield make_method_table(explained)
    yield make_case_table(explained)
    for position in range(len(explained.cases)):
        figures = [make_slice_figure(explained, position, k) for k in explained.outcomes]
        for block in (make_gallery(explained, position, limit), *figures):
            if block is not None:
                yield block
    slices = make_slice_table(explained)
    if slices is not None:
        yield slices


def _describe(explained: Explained, limit: float) -> Paragraph:
    privacy = (
        "The images are simulated."
        if explained.results.card.synthetic
        else "The page shows CT images of patients: do not publish it without their consent."
    )
    lines = [
        f"The {_subject(explained)} that predict a case out of fold were trained again, and "
        "predicted the case with changed images. An effect says how a prediction of these "
        f"{_subject(explained)} depends on a part of the image. It is no cause of metastasis, and "
        "no sign that the prediction is right.",
        *_describe_outcomes(explained),
        *_describe_methods(explained),
        f"Squares: a square of {explained.patch_mm:g} mm is replaced in all slices by the mean of "
        "each slice, and moves by half of its side. Orange squares raise the probability, blue "
        f"ones lower it; full color is ± {format_decimal(limit)} in every picture.",
        "Slices: each one is left out in turn. Weights come from the pooling and, through "
        "transformer layers, from their attention (rollout, Abnar and Zuidema 2020); a weight is "
        "not an effect.",
        privacy,
    ]
    return Paragraph(key="explanations", title="Method", lines=tuple(lines))


def _subject(explained: Explained) -> str:
    return "models" if _baselines(explained) else "networks"


def _baselines(explained: Explained) -> list[BaselineMethod]:
    methods = {each.method.fingerprint: each.method for each in explained.methods}
    return [method for method in methods.values() if isinstance(method, BaselineMethod)]


def _describe_outcomes(explained: Explained) -> Iterator[str]:
    """Yield the outcomes whose probabilities are explained, and the others."""
    outcomes = explained.results.outcomes
    if outcomes is None:
        return
    names = [explained.name_outcome(outcome) for outcome in explained.outcomes]
    others = [name for name in outcomes.names if name not in names]
    line = f"Predictions and effects are those of the probability of {join_and(names)}"
    if len(names) > 1:
        line += ", each with its own map"
    if others:
        line += f"; --outcome names others: {join_first(others, MOST_OUTCOMES)}"
    yield f"{line}."


def _describe_methods(explained: Explained) -> Iterator[str]:
    """Yield the meaning of effects on negative controls and on baselines."""
    methods = {each.method.fingerprint: each.method for each in explained.methods}
    permuted = [f'"{each.label}"' for each in methods.values() if each.is_permuted]
    if permuted:
        verb = "is a negative control" if len(permuted) == 1 else "are negative controls"
        yield (
            f"{join_and(permuted)} {verb}: the labels of auxiliary tasks are randomly permuted. "
            "What maps of a method share with those of its control does not come from these labels."
        )
    baselines = _baselines(explained)
    if baselines:
        labels = join_and([f'"{each.label}"' for each in baselines])
        yield (
            f"{labels}: models are fitted again, and get the image features of the case with "
            "changed images; its other features stay as they are."
        )
