"""Pathological T and N of TCGA: what is kept, what is collapsed, what counts as unknown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from lnmbench import Column, UserError
from lnmbench_tcga.variables import MISSING

NODES = "ajcc_nodes_pathologic_pn"
TUMOR = "ajcc_tumor_pathologic_pt"
_CLASSES = ("N0", "N1", "N2", "N3")
_NODE = re.compile(r"(N[0-3])(mi|[abc])?( ?\((i|mol)[+-]\))?")
_TUMOR = re.compile(r"(T[1-4][a-d])[12]")
_UNASSESSED = ("NX", "TX")
_LUNG = {"luad", "lusc"}


def nodes_column() -> Column:
    """Return the column `pn`, the pathological N class."""
    return Column(
        name="pn",
        role="target",
        kind="ordinal",
        label="pn",
        categories=_CLASSES,
        known="after",
        description="pathological N class (AJCC, edition of the year), without subclasses",
    )


def tumor_column(cells: Sequence[str], cancers: Sequence[str]) -> Column | None:
    """Return the column `pt` with the classes that this cohort has; None for fewer than two.

    Its label says whether the classes are those of lung cancer.
    """
    classes = {known for known in map(tumor_class, cells) if known}
    if len(classes) < 2:
        return None
    return Column(
        name="pt",
        role="aux",
        kind="ordinal",
        label="pt" if set(cancers) <= _LUNG else "pt_names",
        categories=tuple(sorted(classes, key=lambda text: (text != "Tis", text))),
        known="after",
        description="pathological T class as recorded (AJCC, edition of the year)",
    )


def nodes_class(cell: str, where: str) -> str:
    """Return N0 to N3, or an empty text where it is unknown."""
    if not cell or cell in MISSING or cell in _UNASSESSED:
        return ""
    match = _NODE.fullmatch(cell)
    if match is None:
        raise UserError(
            f"{NODES} holds {cell[:40]!r}", where=where, expected=f"{', '.join(_CLASSES)}, NX"
        )
    return match[1]


def tumor_class(cell: str) -> str:
    """Return the class as it is recorded, without subclasses (T1b1); empty where unknown."""
    match = _TUMOR.fullmatch(cell)
    if match:
        return match[1]
    return "" if cell in MISSING or cell in _UNASSESSED else cell


def stage_notes(nodes: Sequence[str], tumors: Sequence[str]) -> Iterator[str]:
    """Say what was collapsed and what counts as unknown, with counts, from the recorded cells."""
    collapsed = Counter(cell for cell in nodes if _NODE.fullmatch(cell) and cell not in _CLASSES)
    if collapsed:
        yield f"pn: subclasses count as their class: {_counted(collapsed)}"
    collapsed = Counter(cell for cell in tumors if _TUMOR.fullmatch(cell))
    if collapsed:
        yield f"pt: subclasses count as their class: {_counted(collapsed)}"
    for name, cells in (("pn", nodes), ("pt", tumors)):
        unknown = Counter(
            cell or "empty" for cell in cells if not cell or cell in (*MISSING, *_UNASSESSED)
        )
        if unknown:
            yield f"{name}: counts as unknown: {_counted(unknown)}"


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{cell} {count}" for cell, count in sorted(counts.items()))
