"""The clinical table: its columns, and its cells as a hospital would have written them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lnmbench import Column
from lnmbench_synthetic.nodes import N_STAGES
from lnmbench_synthetic.patients import LOBES, T_STAGES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lnmbench_synthetic.draws import Draws
    from lnmbench_synthetic.nodes import Nodes
    from lnmbench_synthetic.patients import Patients

SEXES = ("male", "female")
SMOKING = ("never", "former", "current")
HISTOLOGIES = ("adenocarcinoma", "squamous cell carcinoma", "other")
SIGNS = ("absent", "present")

# Shares of cells that are missing, whatever they would have held.
MISSING = {"pack_years": 0.12, "cea": 0.15, "histology": 0.20, "report": 0.06}

COLUMNS = (
    Column(name="age", role="feature", unit="years", description="Age at the CT."),
    Column(name="sex", role="feature", kind="binary", categories=SEXES),
    Column(name="smoking", role="feature", kind="ordinal", categories=SMOKING),
    Column(name="pack_years", role="feature", unit="pack-years"),
    Column(name="cea", role="feature", unit="ng/mL", description="Serum carcinoembryonic antigen."),
    Column(
        name="histology",
        role="feature",
        kind="nominal",
        categories=HISTOLOGIES,
        description="Histology of the biopsy taken before surgery.",
    ),
    Column(name="lobe", role="feature", kind="nominal", categories=LOBES),
    Column(
        name="long_axis",
        role="feature",
        unit="mm",
        description="Longest diameter of the tumor in the CT report.",
    ),
    Column(
        name="lobulation",
        role="feature",
        kind="binary",
        categories=SIGNS,
        description="Lobulated margin in the CT report.",
    ),
    Column(
        name="spiculation",
        role="feature",
        kind="binary",
        categories=SIGNS,
        description="Spiculated margin in the CT report.",
    ),
    Column(
        name="node_short_axis",
        role="feature",
        unit="mm",
        description="Short axis of the largest mediastinal lymph node in the CT report.",
    ),
    Column(
        name="pn",
        role="target",
        kind="ordinal",
        label="pn",
        categories=N_STAGES,
        known="after",
        description="Pathological nodal status.",
    ),
    Column(
        name="pt",
        role="aux",
        kind="ordinal",
        label="pt",
        categories=T_STAGES,
        known="after",
        description="Pathological T stage, 8th edition.",
    ),
)


def cells(draws: Draws, people: Patients, nodes: Nodes) -> list[dict[str, object]]:
    """Return one mapping of column names to raw cells a patient; None where a cell is missing."""
    filled: dict[str, list[object]] = {
        "age": _numbers(people.age),
        "sex": _words(SEXES, people.female),
        "smoking": _words(SMOKING, people.smoking),
        "pack_years": _numbers(people.pack_years),
        "cea": _numbers(people.cea_ng_ml),
        "histology": _words(HISTOLOGIES, people.histology),
        "lobe": _words(LOBES, people.lobe),
        "long_axis": _numbers(people.long_axis_mm),
        "lobulation": _words(SIGNS, people.lobulated),
        "spiculation": _words(SIGNS, people.spiculated),
        "node_short_axis": _numbers(people.node_short_axis_mm),
        "pn": _words(N_STAGES, nodes.n_stage),
        "pt": _words(T_STAGES, people.t_stage),
    }
    for name, lost in missing(draws).items():
        filled[name] = [
            None if gone else cell for cell, gone in zip(filled[name], lost, strict=True)
        ]
    return [dict(zip(filled, row, strict=True)) for row in zip(*filled.values(), strict=True)]


def missing(draws: Draws) -> dict[str, NDArray[np.bool_]]:
    """Return (n,) for each column that has gaps: where its cells are missing, at random."""
    lost = {cause: draws.uniform(f"{cause}_missing") < share for cause, share in MISSING.items()}
    lost["lobulation"] = lost["spiculation"] = lost.pop("report")
    return lost


def _numbers(values: NDArray[np.float64]) -> list[object]:
    return [float(value) for value in values]


def _words(names: tuple[str, ...], index: NDArray[np.int64] | NDArray[np.bool_]) -> list[object]:
    return [names[int(i)] for i in index]
