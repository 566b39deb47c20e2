"""Cohorts of The Cancer Genome Atlas: pre-operative variables, pathological N and T."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lnmbench import Case, Column, UserError
from lnmbench_tcga.biotab import chosen, find_biotabs, read_biotab
from lnmbench_tcga.card import make_card
from lnmbench_tcga.features import read_features
from lnmbench_tcga.stages import (
    NODES,
    TUMOUR,
    nodes_class,
    nodes_column,
    stage_notes,
    tumour_class,
    tumour_column,
)
from lnmbench_tcga.variables import VARIABLES

_BARCODE = "bcr_patient_barcode"
_NEOADJUVANT = "history_neoadjuvant_treatment"
_CENTER = Column(
    name="center", role="center", kind="nominal", description="tissue source site of the barcode"
)


class Tcga:
    """Clinical tables of TCGA: no images, one case a patient.

    Patients who were treated before surgery are left out unless `neoadjuvant` is set: their
    nodes were examined after a treatment that changes them (ypN).

    Parameters
    ----------
    root
        Folder that holds `nationwidechildrens.org_clinical_patient_<cancer>.txt`, at any depth.
    cancer
        TCGA's code of the cancer, several joined by `+`.
    neoadjuvant
        Whether patients treated before surgery are kept.
    race
        Whether race, as recorded, is a feature.

    Raises
    ------
    UserError
        For a file that is not there or broken, and for a cancer that is not there.
    """

    def __init__(
        self, root: Path, cancer: str = "luad+lusc", neoadjuvant: bool = False, race: bool = True
    ) -> None:
        files = chosen(cancer, find_biotabs(Path(root).expanduser()))
        rows = [row for code, path in files.items() for row in _patients(code, path)]
        _check_ids(rows)
        kept = [row for row in rows if neoadjuvant or not row[_NEOADJUVANT].startswith("Yes")]
        variables = [v for v in VARIABLES if race or v.name != "race"]
        values, features = read_features(kept, variables, cancers=len(files))
        self._cases = _cases(kept, values)
        self.columns: Sequence[Column] = (
            _CENTER,
            *features,
            nodes_column(),
            tumour_column([row[TUMOUR] for row in kept]),
        )
        _check_cells(self._cases, self.columns)
        self.card = make_card(tuple(files))
        self.sources: Sequence[Path] = tuple(files.values())
        self.notes: Sequence[str] = tuple(_notes(rows, kept, values, features))

    def cases(self) -> Iterator[Case]:
        """Yield the patients, cancer by cancer, in the order of the files."""
        yield from self._cases


def _patients(code: str, path: Path) -> list[dict[str, str]]:
    rows = read_biotab(path)
    for name in (NODES, TUMOUR, _NEOADJUVANT):
        if name not in rows[0]:
            raise UserError(f"there is no column {name}", where=str(path))
    return [{**row, "cancer": code.upper()} for row in rows]


def _cases(
    rows: Sequence[Mapping[str, str]], values: Mapping[str, Sequence[str]]
) -> tuple[Case, ...]:
    return tuple(
        Case(
            id=row[_BARCODE],
            values={
                "center": row.get("tissue_source_site", ""),
                **{name: cells[place] for name, cells in values.items()},
                "pn": nodes_class(row[NODES], f"case {row[_BARCODE][:40]!r}"),
                "pt": tumour_class(row[TUMOUR]),
            },
        )
        for place, row in enumerate(rows)
    )


def _check_ids(rows: Sequence[Mapping[str, str]]) -> None:
    counts = Counter(row[_BARCODE] for row in rows)
    repeated = [id_ for id_, count in counts.items() if count > 1]
    if repeated or counts[""]:
        raise UserError(
            f"{len(repeated)} patient barcodes stand more than once",
            expected="one row a patient, each with a barcode",
        )


def _check_cells(cases: Sequence[Case], columns: Sequence[Column]) -> None:
    for case in cases:
        for column in columns:
            if column.role != "center":
                column.encode(case.values[column.name], where=f"case {case.id[:40]!r}")


def _notes(
    rows: Sequence[Mapping[str, str]],
    kept: Sequence[Mapping[str, str]],
    values: Mapping[str, Sequence[str]],
    features: Sequence[Column],
) -> Iterator[str]:
    if len(kept) < len(rows):
        yield (
            f"{len(rows) - len(kept)} of {len(rows)} patients were treated before surgery and are "
            "left out (neoadjuvant=true keeps them)"
        )
    yield from stage_notes([row[NODES] for row in kept], [row[TUMOUR] for row in kept])
    missing = ", ".join(f"{c.name} {values[c.name].count('')}" for c in features)
    yield f"missing values in the features: {missing}"
    yield (
        f"{len(features)} variables known before surgery are used; all other columns are left out: "
        "pathology, molecular tests, treatment and outcome are known only later, the rest is "
        "administrative, empty for most, or not dated (performance status)"
    )
