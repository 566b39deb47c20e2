"""Columns of Lung1's clinical table, all known before treatment, and values of its patients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lnmbench import Column

ID = "PatientID"
AGE, GENDER, HISTOLOGY = "age", "gender", "Histology"
TUMOR, NODES = "clinical.T.Stage", "Clinical.N.Stage"
MISSING = ("NA", "")
N_CLASSES = {"0": "N0", "1": "N1", "2": "N2", "3": "N3"}
T_CLASSES = {"1": "T1", "2": "T2", "3": "T3", "4": "T4"}
TARGETS = {"n1": 1, "n2": 2}
_NO_YES = ("no", "yes")

NODES_COLUMN = Column(
    name=NODES,
    role="target",
    kind="ordinal",
    label="cn",
    categories=tuple(N_CLASSES.values()),
    description="CLINICAL N category (by imaging, not by pathology)",
)


def make_features(histologies: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns of the features; histology has the categories of the table."""
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
            description="clinical T stage",
        ),
    ]
    categories = tuple(sorted(set(histologies) - set(MISSING)))
    if len(categories) > 1:
        columns.append(
            Column(
                name=HISTOLOGY,
                role="feature",
                kind="nominal",
                categories=categories,
                missing=MISSING,
                description="histology of the biopsy",
            )
        )
    return tuple(columns)


def make_target(label: str) -> Column:
    """Return the column of a target derived from the clinical N category."""
    return Column(
        name=f"clinical {label.upper()} or higher",
        role="target",
        kind="binary",
        label=label,
        categories=_NO_YES,
        description="from the CLINICAL N category (by imaging, not by pathology)",
    )


def read_values(
    row: Mapping[str, str], targets: Sequence[str], columns: Sequence[Column]
) -> dict[str, str]:
    """Return a patient's values of the columns, empty if unknown.

    Parameters
    ----------
    row
        The patient's row of the table.
    targets
        Labels of the targets derived from the clinical N category.
    columns
        The columns to return.
    """
    nodes = N_CLASSES.get(read_code(row[NODES]), "")
    values = {
        AGE: row.get(AGE, ""),
        GENDER: row.get(GENDER, "").casefold(),
        HISTOLOGY: row.get(HISTOLOGY, ""),
        TUMOR: T_CLASSES.get(read_code(row[TUMOR]), ""),
        NODES: nodes,
        **{make_target(label).name: _dichotomize(nodes, TARGETS[label]) for label in targets},
    }
    return {column.name: values[column.name] for column in columns}


def read_code(cell: str) -> str:
    """Return the code of a category, without the decimals of a float."""
    return cell.removesuffix(".0")


def _dichotomize(nodes: str, lowest: int) -> str:
    """Return yes, no or an empty text for an N category such as N2."""
    return _NO_YES[int(nodes[1]) >= lowest] if nodes else ""
