"""Cohorts of The Cancer Genome Atlas: pre-operative variables, pathological N and T, images."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from lnmbench import Case, Column, UserError
from lnmbench.imaging.case_images import Asked, CaseImages, find_case_images
from lnmbench.imaging.tumor_source import MarkedBy, Marking
from lnmbench.records import Source
from lnmbench.tables import require_cells, require_unique_ids
from lnmbench_tcga.biotab import BARCODE, Biotab, chosen, find_biotabs, read_biotab
from lnmbench_tcga.card import SOURCE, make_card
from lnmbench_tcga.features import read_features
from lnmbench_tcga.stages import (
    NODES,
    TUMOR,
    nodes_class,
    nodes_column,
    stage_notes,
    tumor_class,
    tumor_column,
)
from lnmbench_tcga.variables import VARIABLES

_NEOADJUVANT = "history_neoadjuvant_treatment"
_CENTER = Column(
    name="center", role="center", kind="nominal", description="tissue source site of the barcode"
)


class Tcga:
    """Clinical tables of TCGA, one case a patient; images where there are any.

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
    images
        Whether the cases have images, told by DICOM headers anywhere below root: `yes`, `no`, or
        `auto`, if there are any of these patients. The tumor is where a DICOM SEG or RTSTRUCT of
        the patient marks it; a patient without one, or without its CT, is left out when the
        cohort is ingested, and listed in the ingest log.
    region_name
        Pattern for the segment or ROI that is the tumor, where there are several.
    region_series
        Number of the series that marks the tumor, where a patient has several.

    Raises
    ------
    UserError
        For a file that is not there or broken, and for a cancer that is not there or has no
        pathological N; for `images=yes`, where there are no images of these patients.
    """

    source: ClassVar[Source] = SOURCE

    def __init__(
        self,
        root: Path,
        cancer: str = "luad+lusc",
        neoadjuvant: bool = False,
        race: bool = True,
        images: Asked = "auto",
        region_name: str | None = None,
        region_series: int | None = None,
    ) -> None:
        folder = Path(root).expanduser()
        files = chosen(cancer, find_biotabs(folder), folder)
        tables = {code: read_biotab(path) for code, path in files.items()}
        rows = [row for code in files for row in _patients(code, tables[code], files[code])]
        require_unique_ids(
            [row[BARCODE] for row in rows],
            where=", ".join(map(str, files.values())),
            noun="patient barcode",
        )
        kept = [row for row in rows if neoadjuvant or not row[_NEOADJUVANT].startswith("Yes")]
        if not kept:
            raise UserError("every patient was treated before surgery", then="neoadjuvant=true")
        variables = [v for v in VARIABLES if race or v.name != "race"]
        values, features = read_features(kept, variables, cancers=len(files))
        tumor = tumor_column([row[TUMOR] for row in kept], tuple(files))
        ids = [row[BARCODE] for row in kept]
        found = find_case_images(
            folder,
            ids,
            _marking(region_name, region_series),
            asked=images,
            collection="these patients",
        )
        self.columns: Sequence[Column] = (
            _CENTER,
            *features,
            nodes_column(),
            *([tumor] if tumor else []),
        )
        self._cases = _cases(kept, values, self.columns, found)
        require_cells(self.columns, ids, [case.values for case in self._cases])
        self.card = make_card(tuple(files), images=bool(found))
        self.sources: Sequence[Path] = (*files.values(), *found.sources)
        self.notes: Sequence[str] = (
            *(note for table in tables.values() for note in table.notes),
            *_notes(rows, kept, values, features),
            *_missing_notes(rows, tumor),
            *found.notes,
        )

    def cases(self) -> Iterator[Case]:
        """Yield the patients, cancer by cancer, in the order of the files."""
        yield from self._cases


def _marking(name: str | None, number: int | None) -> Marking:
    """TCGA has no tumor outlines of its own, so any SEG or RTSTRUCT may mark the tumor."""
    return Marking(kinds=(MarkedBy(name=name, number=number),), then="choose one by region_series")


def _patients(code: str, table: Biotab, path: Path) -> list[dict[str, str]]:
    rows = table.patients
    if NODES not in rows[0]:
        raise UserError(
            f"there is no column {NODES}",
            where=str(path),
            then=f"choose another cancer: {code} has no pathological N class",
        )
    # Not every cancer's form asks for these; what is not asked for is unknown.
    absent = {name: "" for name in (TUMOR, _NEOADJUVANT) if name not in rows[0]}
    return [{**row, **absent, "cancer": code.upper()} for row in rows]


def _cases(
    rows: Sequence[Mapping[str, str]],
    values: Mapping[str, Sequence[str]],
    columns: Sequence[Column],
    images: CaseImages,
) -> tuple[Case, ...]:
    cases = []
    for place, row in enumerate(rows):
        cells = {
            "center": row.get("tissue_source_site", ""),
            **{name: cells[place] for name, cells in values.items()},
            "pn": nodes_class(row[NODES], f"case {row[BARCODE][:40]!r}"),
            "pt": tumor_class(row[TUMOR]),
        }
        cases.append(
            Case(
                id=row[BARCODE],
                values={column.name: cells[column.name] for column in columns},
                volume=images.volume_of(row[BARCODE]),
            )
        )
    return tuple(cases)


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
    yield from stage_notes([row[NODES] for row in kept], [row[TUMOR] for row in kept])
    missing = ", ".join(f"{c.name} {values[c.name].count('')}" for c in features)
    yield f"missing values in the features: {missing}"
    yield (
        f"{len(features)} variables known before surgery are used; all other columns are left out: "
        "pathology, molecular tests, treatment and outcome are known only later, the rest is "
        "administrative, empty for most, or not dated (performance status)"
    )


def _missing_notes(rows: Sequence[Mapping[str, str]], tumor: Column | None) -> Iterator[str]:
    asked = {row["cancer"] for row in rows if row[_NEOADJUVANT]}
    silent = sorted({row["cancer"] for row in rows} - asked)
    if silent:
        yield (
            f"{', '.join(silent)}: the form does not tell of treatment before surgery; all "
            "patients are kept"
        )
    if tumor is None:
        yield "pt: fewer than two classes are known, so there is no auxiliary label pt"
