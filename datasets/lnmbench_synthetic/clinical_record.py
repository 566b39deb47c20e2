"""The clinical record of the patients: columns, and values as a hospital records them."""

from __future__ import annotations

from dataclasses import dataclass
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

# Shares of missing values, independent of the value itself.
MISSING = {"pack_years": 0.12, "cea": 0.15, "histology": 0.20, "report": 0.06}

COLUMNS = (
    Column(name="age", role="feature", unit="years", description="age at the CT"),
    Column(name="sex", role="feature", kind="binary", categories=SEXES),
    Column(name="smoking", role="feature", kind="ordinal", categories=SMOKING),
    Column(name="pack_years", role="feature", unit="pack-years"),
    Column(name="cea", role="feature", unit="ng/mL", description="serum carcinoembryonic antigen"),
    Column(
        name="histology",
        role="feature",
        kind="nominal",
        categories=HISTOLOGIES,
        description="histology of the preoperative biopsy",
    ),
    Column(name="lobe", role="feature", kind="nominal", categories=LOBES),
    Column(
        name="long_axis",
        role="feature",
        unit="mm",
        description="longest diameter of the tumor in the CT report",
    ),
    Column(
        name="lobulation",
        role="feature",
        kind="binary",
        categories=SIGNS,
        description="lobulated margin in the CT report",
    ),
    Column(
        name="spiculation",
        role="feature",
        kind="binary",
        categories=SIGNS,
        description="spiculated margin in the CT report",
    ),
    Column(
        name="node_short_axis",
        role="feature",
        unit="mm",
        description="short axis of the largest mediastinal lymph node in the CT report",
    ),
    Column(
        name="pn",
        role="target",
        kind="ordinal",
        label="pn",
        categories=N_STAGES,
        known="after",
        description="pathological N category",
    ),
    Column(
        name="pt",
        role="aux",
        kind="ordinal",
        label="pt",
        categories=T_STAGES,
        known="after",
        description="pathological T stage (TNM, 8th edition)",
    ),
)

_SDS = "simulation truth, in SDs; not an observation and never a feature"
_TRUTH = {
    "truth_invasiveness": _SDS,
    "truth_log_size": _SDS,
    "truth_lobulation": _SDS,
    "truth_spiculation": _SDS,
    "truth_solid": _SDS,
    "truth_risk": "simulation truth: probability of N2; not an observation and never a feature",
}

_LABELS = {"truth_invasiveness": "latent", "truth_risk": "risk_n2"}
"""Labels by which a run finds the truth, to simulate what a perfect auxiliary label adds."""

TRUTH_COLUMNS = tuple(
    Column(name=name, role="aux", known="after", label=_LABELS.get(name), description=text)
    for name, text in _TRUTH.items()
)


def make_rows(draws: Draws, patients: Patients, nodes: Nodes) -> list[dict[str, object]]:
    """Return each patient's raw values by column; None for a missing value.

    Parameters
    ----------
    draws
        Random numbers of the patients (n), which also decide on missing values.
    patients
        The patients (n).
    nodes
        Their nodal status (n).
    """
    filled: dict[str, list[object]] = {
        "age": _to_numbers(patients.age),
        "sex": _to_categories(SEXES, patients.female),
        "smoking": _to_categories(SMOKING, patients.smoking),
        "pack_years": _to_numbers(patients.pack_years),
        "cea": _to_numbers(patients.cea_ng_ml),
        "histology": _to_categories(HISTOLOGIES, patients.histology),
        "lobe": _to_categories(LOBES, patients.lobe),
        "long_axis": _to_numbers(patients.long_axis_mm),
        "lobulation": _to_categories(SIGNS, patients.lobulated),
        "spiculation": _to_categories(SIGNS, patients.spiculated),
        "node_short_axis": _to_numbers(patients.node_short_axis_mm),
        "pn": _to_categories(N_STAGES, nodes.n_stage),
        "pt": _to_categories(T_STAGES, patients.t_stage),
    }
    truth = np.column_stack([patients.invasiveness, patients.traits, nodes.risk])
    filled |= {name: _to_numbers(truth[:, k]) for k, name in enumerate(_TRUTH)}
    for name, is_missing in draw_missing(draws).items():
        filled[name] = [
            None if absent else value
            for value, absent in zip(filled[name], is_missing, strict=True)
        ]
    return [dict(zip(filled, row, strict=True)) for row in zip(*filled.values(), strict=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLabels:
    """Shares of patients whose pT and pN are known, at random and independently."""

    pt: float
    pn: float

    def remove(self, rows: list[dict[str, object]], generator: np.random.Generator) -> None:
        """Remove the labels that are not known from the rows, in place."""
        known = generator.random((len(rows), 2)) < (self.pt, self.pn)
        for row, (pt, pn) in zip(rows, known, strict=True):
            row["pt"], row["pn"] = row["pt"] if pt else None, row["pn"] if pn else None


def draw_missing(draws: Draws) -> dict[str, NDArray[np.bool_]]:
    """Return a mask (n,) of missing values, at random, for each column that has any."""
    masks = {cause: draws.uniform(f"{cause}_missing") < share for cause, share in MISSING.items()}
    masks["lobulation"] = masks["spiculation"] = masks.pop("report")
    return masks


def _to_numbers(values: NDArray[np.float64]) -> list[object]:
    return [float(value) for value in values]


def _to_categories(
    names: tuple[str, ...], index: NDArray[np.int64] | NDArray[np.bool_]
) -> list[object]:
    return [names[int(i)] for i in index]
