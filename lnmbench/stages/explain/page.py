"""The page of explanations: tables, and pictures and figures of each case."""

from __future__ import annotations

from collections.abc import Iterator

from lnmbench.records import Block, Page, Paragraph
from lnmbench.results import describe_target, format_decimal
from lnmbench.stages.explain.explain_run import Explained
from lnmbench.stages.explain.pictures import color_limit, make_gallery, make_slice_figure
from lnmbench.stages.explain.tables import make_case_table, make_network_table, make_slice_table
from lnmbench.stages.report import number_blocks
from lnmbench.text import plural


def build_explanation_page(explained: Explained) -> Page:
    """Return explanations as a page."""
    labels = {each.method.fingerprint: each.method.label for each in explained.networks}
    results = explained.results
    return Page(
        title=f"Images in predictions of {describe_target(results)}",
        subtitle=f"{plural(len(explained.cases), 'case')} of {results.cohort.partition(':')[0]}",
        methods=labels,
        chosen=tuple(labels),
        blocks=tuple(number_blocks(_blocks(explained))),
        badge="SYNTHETIC" if results.card.synthetic else "",
    )


def _blocks(explained: Explained) -> Iterator[Block]:
    limit = color_limit(explained)
    yield _describe(explained, limit)
    yield make_network_table(explained)
    yield make_case_table(explained)
    for position in range(len(explained.cases)):
        for block in (
            make_gallery(explained, position, limit),
            make_slice_figure(explained, position),
        ):
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
        "The networks that predict a case out of fold were trained again, and predicted the case "
        "with changed images. An effect says how a prediction of these networks depends on a part "
        "of the image. It is no cause of metastasis, and no sign that the network is right.",
        f"Squares: a square of {explained.patch_mm:g} mm is replaced in all slices by the mean of "
        "each slice, and moves by half of its side. Orange squares raise the probability, blue "
        f"ones lower it; full color is ± {format_decimal(limit)} in every picture.",
        "Slices: each one is left out in turn. Weights come from the pooling and, through "
        "transformer layers, from their attention (rollout, Abnar and Zuidema 2020); a weight is "
        "not an effect.",
        privacy,
    ]
    return Paragraph(key="explanations", title="Method", lines=tuple(lines))
