"""Tables of explanations: by network, by case, and for each slice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.stats import spearmanr

from lnmbench.records import Cell, Table, TableColumn
from lnmbench.results import MISSING, format_decimal, format_difference
from lnmbench.stages.explain.explain_run import Explained
from lnmbench.stages.explain.explanations import CaseExplanation, NetworkExplanation

_TEXT = TableColumn(key="method", heading="Method", align="left")
_CASE = TableColumn(key="case", heading="Case")
NETWORK_COLUMNS = (
    _TEXT,
    TableColumn(key="slice", heading="Largest effect of a slice"),
    TableColumn(key="square", heading="Largest effect of a square"),
    TableColumn(key="tumor_share", heading="Effects in the tumor"),
    TableColumn(key="tumor_area", heading="Area of the tumor"),
    TableColumn(key="correlation", heading="Weights and effects"),
    TableColumn(key="deviation", heading="Deviation from the run"),
)
CASE_COLUMNS = (
    _CASE,
    TableColumn(key="label", heading="Label", align="left"),
    _TEXT,
    TableColumn(key="predicted", heading="Prediction"),
    TableColumn(key="slices", heading="Slices"),
    TableColumn(key="slice", heading="Largest effect of a slice"),
    TableColumn(key="square", heading="Largest effect of a square"),
    TableColumn(key="tumor_share", heading="Effects in the tumor"),
    TableColumn(key="tumor_area", heading="Area of the tumor"),
)
SLICE_COLUMNS = (
    _CASE,
    _TEXT,
    TableColumn(key="slice", heading="Slice"),
    TableColumn(key="weight", heading="Weight"),
    TableColumn(key="effect", heading="Effect"),
)


def make_network_table(explained: Explained) -> Table:
    """Return a table with one row for each network, over its explained cases."""
    cases = len(explained.cases)
    return Table(
        key="explained_networks",
        title="Images in the predictions of networks",
        columns=NETWORK_COLUMNS,
        rows=tuple(tuple(_network_cells(network)) for network in explained.networks),
        notes=(
            f"Over the {cases} cases below. Effect: the predicted probability minus that without a "
            "slice, or with a square of all slices replaced by their mean; positive if it raises "
            "the probability. The largest one is that furthest from 0.",
            "Effects in the tumor: the share of the absolute effects of squares that is inside the "
            "tumor, mean over the cases; area: the share that equal effects everywhere would have. "
            "A patch reaches beyond what it covers of the tumor, so that the share is below 1 even "
            "for a network that sees nothing else.",
            "Weights and effects: rank correlation over all slices between the weight of a slice "
            "in what the network pools and its absolute effect; – if weights do not differ.",
            "Deviation from the run: the largest difference between the probabilities of the run "
            "and those of the networks that were trained again for this page.",
        ),
        methods=tuple((network.method.fingerprint,) for network in explained.networks),
    )


def _network_cells(network: NetworkExplanation) -> Iterator[Cell]:
    yield Cell(text=network.method.label)
    slices = [case.slices for case in network.cases if case.slices is not None]
    maps = [case.occlusion for case in network.cases if case.occlusion is not None]
    yield _effect_cell([each.effects for each in slices])
    yield _effect_cell([each.effects for each in maps])
    yield _mean_cell([each.tumor_share for each in maps])
    yield _mean_cell([each.tumor_area for each in maps])
    weights = np.concatenate([each.weights for each in slices]) if slices else np.zeros(0)
    effects = np.concatenate([each.effects for each in slices]) if slices else np.zeros(0)
    even = all(np.allclose(each.weights, each.weights[0]) for each in slices)
    rank = float("nan") if even else float(spearmanr(weights, np.abs(effects)).statistic)
    yield Cell(text=format_decimal(rank, digits=2), value=rank)
    deviation = network.largest_deviation
    yield Cell(text=format_decimal(deviation), value=deviation)


def make_case_table(explained: Explained) -> Table:
    """Return a table with one row for each case and network."""
    truth = explained.results.truth
    rows = [(i, network) for i in range(len(explained.cases)) for network in explained.networks]
    return Table(
        key="explained_cases",
        title="Explained cases",
        columns=CASE_COLUMNS,
        rows=tuple(
            (
                Cell(text=str(network.cases[i].case), value=float(network.cases[i].case)),
                Cell(text="positive" if truth[network.cases[i].case] else "negative"),
                Cell(text=network.method.label),
                *_case_cells(network.cases[i]),
            )
            for i, network in rows
        ),
        notes=(
            "Case: its number in the ledger, from 0. Prediction: out of fold, in the first repeat.",
        ),
        methods=tuple((network.method.fingerprint,) for _, network in rows),
    )


def _case_cells(case: CaseExplanation) -> Iterator[Cell]:
    yield Cell(text=format_decimal(case.stored, digits=2), value=case.stored)
    slices, occlusion = case.slices, case.occlusion
    count = None if slices is None else len(slices.effects)
    yield Cell(text=MISSING if count is None else str(count), value=count)
    yield _effect_cell([] if slices is None else [slices.effects])
    yield _effect_cell([] if occlusion is None else [occlusion.effects])
    yield _mean_cell([] if occlusion is None else [occlusion.tumor_share])
    yield _mean_cell([] if occlusion is None else [occlusion.tumor_area])


def make_slice_table(explained: Explained) -> Table | None:
    """Return a table with one row for each slice, None for networks on volumes alone."""
    rows, methods = [], []
    for i in range(len(explained.cases)):
        for network in explained.networks:
            case, label = network.cases[i], network.method.label
            if case.slices is None:
                continue
            pairs = zip(case.slices.weights.tolist(), case.slices.effects.tolist(), strict=True)
            for number, (weight, effect) in enumerate(pairs, start=1):
                rows.append(
                    (
                        Cell(text=str(case.case), value=float(case.case)),
                        Cell(text=label),
                        Cell(text=str(number), value=float(number)),
                        Cell(text=format_decimal(weight), value=weight),
                        Cell(text=format_difference(effect), value=effect),
                    )
                )
                methods.append((network.method.fingerprint,))
    if not rows:
        return None
    return Table(
        key="explained_slices",
        title="Weights and effects of slices",
        columns=SLICE_COLUMNS,
        rows=tuple(rows),
        methods=tuple(methods),
        exhaustive=True,
    )


def _effect_cell(effects: Sequence[np.ndarray]) -> Cell:
    values = np.concatenate([each.ravel() for each in effects]) if effects else np.zeros(0)
    if not values.size:
        return Cell(text=MISSING)
    largest = float(values[np.abs(values).argmax()])
    return Cell(text=format_difference(largest), value=largest)


def _mean_cell(shares: Sequence[float]) -> Cell:
    known = [share for share in shares if np.isfinite(share)]
    if not known:
        return Cell(text=MISSING)
    mean = float(np.mean(known))
    return Cell(text=format_decimal(mean, digits=2), value=mean)
