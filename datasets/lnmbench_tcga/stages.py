"""Pathological N and T and clinical T of TCGA: columns, merged subclasses, unknown values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from lnmbench import Column, UserError
from lnmbench.lexicon.tnm_class import read_n_class, read_t_class
from lnmbench_tcga.features import MISSING

NODES = "ajcc_nodes_pathologic_pn"
TUMOR = "ajcc_tumor_pathologic_pt"
_CATEGORIES = ("N0", "N1", "N2", "N3")
_UNASSESSED = ("NX", "TX")
_LUNG = {"luad", "lusc"}


def make_nodes_column() -> Column:
    """Return the column `pn`, the pathological N category."""
    return Column(
        name="pn",
        role="target",
        kind="ordinal",
        label="pn",
        categories=_CATEGORIES,
        known="after",
        description="pathological N category (AJCC edition of the year), without subcategories",
    )


def make_tumor_column(label: str, stages: Sequence[str], cancers: Iterable[str]) -> Column | None:
    """Return the column `pt` or `ct` with its stages, or None for fewer than two.

    Parameters
    ----------
    label
        `pt`, the pathological, or `ct`, the clinical T stage. The label of the column says whether
        the stages are those of lung cancer.
    stages
        The stage of each patient, empty if unknown.
    cancers
        The cancers of the cohort.
    """
    categories = set(stages) - {""}
    if len(categories) < 2:
        return None
    kind = {"pt": "pathological", "ct": "clinical"}[label]
    return Column(
        name=label,
        role="aux",
        kind="ordinal",
        label=label if set(cancers) <= _LUNG else f"{label}_names",
        categories=tuple(sorted(categories, key=lambda text: (text != "Tis", text))),
        known="after" if label == "pt" else "before",
        description=f"{kind} T stage as recorded (AJCC edition of the year)",
    )


def read_nodes_category(cell: str, where: str) -> str:
    """Return N0 to N3, or an empty text if unknown.

    Raises `UserError` for a value that is not an N category.
    """
    if not cell or cell in MISSING or cell in _UNASSESSED:
        return ""
    node = read_n_class(cell)
    if node is None:
        raise UserError(
            f"{NODES} holds {cell[:40]!r}", where=where, expected=f"{', '.join(_CATEGORIES)}, NX"
        )
    return node.category


def read_tumor_stage(cell: str) -> str:
    """Return the recorded stage, without subcategories (T1b1), or an empty text if unknown."""
    if cell in MISSING:
        return ""
    tumor = read_t_class(cell)
    return cell if tumor is None else tumor.category


def describe_stages(nodes: Sequence[str], tumors: Sequence[str]) -> Iterator[str]:
    """Yield notes on merged subcategories and unknown values, with counts."""
    classes = {cell: read_n_class(cell) for cell in nodes}
    merged = Counter(cell for cell in nodes if (node := classes[cell]) is not None and node.rest)
    if merged:
        yield f"pn: subcategories are merged into their category: {format_counts(merged)}"
    classes = {cell: read_t_class(cell) for cell in tumors}
    merged = Counter(cell for cell in tumors if (tumor := classes[cell]) is not None and tumor.rest)
    if merged:
        yield f"pt: subcategories are merged into their category: {format_counts(merged)}"
    for name, cells in (("pn", nodes), ("pt", tumors)):
        unknown = Counter(
            cell or "empty" for cell in cells if not cell or cell in (*MISSING, *_UNASSESSED)
        )
        if unknown:
            yield f"{name}: counted as unknown: {format_counts(unknown)}"


def format_counts(counts: Counter[str]) -> str:
    """Return cells with their counts."""
    return ", ".join(f"{cell} {count}" for cell, count in sorted(counts.items()))
