"""Findings of pathology in the clinical table: auxiliary labels, never features."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lnmbench import Column
from lnmbench.records import Kind
from lnmbench.text import join_spelling
from lnmbench_radiogenomics.columns import MISSING

_NO_YES = ("no", "yes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A column of the table, the label that it serves, and the category of each spelling."""

    name: str
    label: str
    kind: Kind
    categories: tuple[str, ...]
    spellings: Mapping[str, str]
    description: str

    def make_column(self) -> Column:
        """Return the column of the cohort."""
        return Column(
            name=self.name,
            role="aux",
            kind=self.kind,
            label=self.label,
            categories=self.categories,
            missing=MISSING,
            known="after",
            description=self.description,
        )

    def read(self, cell: str) -> str:
        """Return the category of a cell; a missing or unknown spelling is returned as it is."""
        categories = {join_spelling(text): name for text, name in self.spellings.items()}
        return categories.get(join_spelling(cell), cell)


FINDINGS = (
    Finding(
        name="Histology",
        label="histology",
        kind="nominal",
        categories=("adenocarcinoma", "squamous cell carcinoma", "NSCLC NOS"),
        spellings={"NSCLC NOS (not otherwise specified)": "NSCLC NOS"},
        description="histological type; the table does not say whether of biopsy or specimen",
    ),
    Finding(
        name="Histopathological Grade",
        label="grade",
        kind="ordinal",
        categories=("G1", "G1 to G2", "G2", "G2 to G3", "G3"),
        spellings={
            "G1 Well differentiated": "G1",
            "Other, Type I: Well to moderately differentiated": "G1 to G2",
            "G2 Moderately differentiated": "G2",
            "Other, Type II: Moderately to poorly differentiated": "G2 to G3",
            "G3 Poorly differentiated": "G3",
        },
        description="grade; Other, Type I and Type II are classes between two grades",
    ),
    Finding(
        name="Lymphovascular invasion",
        label="invasion_lymphovascular",
        kind="binary",
        categories=_NO_YES,
        spellings={"Absent": "no", "Present": "yes"},
        description="invasion of lymphatic or blood vessels",
    ),
    Finding(
        name="Pleural invasion (elastic, visceral, or parietal)",
        label="invasion_pleural",
        kind="binary",
        categories=_NO_YES,
        spellings={},
        description="invasion of the pleura: elastic layer, visceral or parietal",
    ),
)


def select_findings(header: Collection[str]) -> tuple[Finding, ...]:
    """Return the findings that a table has."""
    return tuple(finding for finding in FINDINGS if finding.name in header)


def describe_findings(rows: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """Yield notes on the findings of patients: counts of categories, and columns that lack.

    Parameters
    ----------
    rows
        The patients, with the categories of the findings.
    """
    for finding in FINDINGS:
        if finding.name not in rows[0]:
            yield f"no column {finding.name!r}: the cohort has no auxiliary label {finding.label}"
            continue
        column = finding.make_column()
        codes = [column.encode(row[finding.name]) for row in rows]
        known = ", ".join(f"{name} {codes.count(i)}" for i, name in enumerate(column.categories))
        unknown = sum(map(math.isnan, codes))
        yield f"{finding.name}: auxiliary label {finding.label}, {known}; unknown {unknown}"
