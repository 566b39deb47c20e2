"""The columns of Lung1's clinical table; all of them are known before treatment."""

from __future__ import annotations

from collections.abc import Sequence

from lnmbench import Column

ID = "PatientID"
AGE, GENDER, HISTOLOGY = "age", "gender", "Histology"
TUMOR, NODES = "clinical.T.Stage", "Clinical.N.Stage"
MISSING = ("NA", "")
N_CLASSES = {"0": "N0", "1": "N1", "2": "N2", "3": "N3"}
T_CLASSES = {"1": "T1", "2": "T2", "3": "T3", "4": "T4"}
_NO_YES = ("no", "yes")
TARGETS = {"n1": 1, "n2": 2}


def features(histologies: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns of the features, histology with the categories that there are."""
    columns = [
        Column(name=AGE, role="feature", unit="years", missing=MISSING),
        Column(
            name=GENDER,
            role="feature",
            kind="binary",
            categories=("female", "male"),
            missing=MISSING,
        ),
        Column(
            name=TUMOR,
            role="feature",
            kind="ordinal",
            categories=tuple(T_CLASSES.values()),
            description="clinical T class",
        ),
    ]
    found = tuple(sorted(set(histologies) - set(MISSING)))
    if len(found) > 1:
        columns.append(
            Column(
                name=HISTOLOGY,
                role="feature",
                kind="nominal",
                categories=found,
                missing=MISSING,
                description="histology of the biopsy",
            )
        )
    return tuple(columns)


NODES_COLUMN = Column(
    name=NODES,
    role="target",
    kind="ordinal",
    label="cn",
    categories=tuple(N_CLASSES.values()),
    description="CLINICAL N class, by imaging: not what pathology would find",
)


def target(label: str) -> Column:
    """Return the column of a target that is made of the clinical N class."""
    return Column(
        name=f"clinical {label.upper()} or higher",
        role="target",
        kind="binary",
        label=label,
        categories=_NO_YES,
        description="by the CLINICAL N class: not what pathology would find",
    )


def target_cell(nodes: str, lowest: int) -> str:
    """Return yes, no or an empty text for a class as N2."""
    return _NO_YES[int(nodes[1]) >= lowest] if nodes else ""
