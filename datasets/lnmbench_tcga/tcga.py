"""Cohorts of The Cancer Genome Atlas: pre-operative variables, pathology, images."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from lnmbench import Case, Column, UserError
from lnmbench.imaging.case_images import CaseImages, UseImages, find_case_images
from lnmbench.imaging.tumor_source import AnnotationKind, AnnotationRules
from lnmbench.records import Source
from lnmbench.tables import require_cells, require_unique_ids
from lnmbench_tcga.aux_labels import AuxLabel, describe_aux_labels, make_aux_labels
from lnmbench_tcga.biotab import BARCODE, Biotab, find_biotabs, read_biotab, select_biotabs
from lnmbench_tcga.card import NEOADJUVANT, SOURCE, describe_forms, describe_rows, make_card
from lnmbench_tcga.features import VARIABLES, read_features
from lnmbench_tcga.stages import NODES, TUMOR, make_nodes_column, read_nodes_category

_CENTER = Column(
    name="center", role="center", kind="nominal", description="tissue source site in the barcode"
)


class Tcga:
    """Clinical tables of TCGA, one case per patient, and images if available.

    Patients with neoadjuvant treatment are excluded unless `neoadjuvant` is set, because it can
    change their lymph nodes before pathology examines them (ypN).

    Parameters
    ----------
    root
        Folder that holds `nationwidechildrens.org_clinical_patient_<cancer>.txt`, at any depth.
    cancer
        TCGA code of the cancer, or several joined by `+`.
    neoadjuvant
        Whether to include patients with neoadjuvant treatment.
    race
        Whether the recorded race is a feature.
    images
        Whether the cases have images, identified by DICOM headers anywhere below `root`: `yes`,
        `no`, or `auto` (if these patients have any). A DICOM SEG or RTSTRUCT of the patient marks
        the tumor; ingest leaves out patients without one or without its CT, and lists them in the
        ingest log.
    region_name
        Pattern for the name of the tumor's segment or ROI, if there are several.
    region_series
        Number of the series that marks the tumor, if a patient has several.

    Raises
    ------
    UserError
        If a file is missing or broken, or a cancer has no pathological N; for `images=yes`, if the
        patients have no images.
    """

    source: ClassVar[Source] = SOURCE

    def __init__(
        self,
        root: Path,
        cancer: str = "luad+lusc",
        neoadjuvant: bool = False,
        race: bool = True,
        images: UseImages = "auto",
        region_name: str | None = None,
        region_series: int | None = None,
    ) -> None:
        folder = Path(root).expanduser()
        files = select_biotabs(cancer, find_biotabs(folder), folder)
        tables = {code: read_biotab(path) for code, path in files.items()}
        rows = [row for code in files for row in _complete_rows(code, tables[code], files[code])]
        require_unique_ids(
            [row[BARCODE] for row in rows],
            where=", ".join(map(str, files.values())),
            noun="patient barcode",
        )
        selected = [row for row in rows if neoadjuvant or not row[NEOADJUVANT].startswith("Yes")]
        if not selected:
            raise UserError(
                "every patient had neoadjuvant treatment",
                then="include these patients with neoadjuvant=true",
            )
        variables = [v for v in VARIABLES if race or v.name != "race"]
        values, features = read_features(selected, variables, cancers=len(files))
        labels = make_aux_labels(selected, files)
        ids = [row[BARCODE] for row in selected]
        case_images = find_case_images(
            folder,
            ids,
            _make_marking(region_name, region_series),
            use=images,
            collection="these patients",
        )
        self.columns: Sequence[Column] = (
            _CENTER,
            *features,
            make_nodes_column(),
            *(column for column, _ in labels),
        )
        self._cases = _make_cases(selected, values, labels, self.columns, case_images)
        require_cells(self.columns, ids, [case.values for case in self._cases])
        self.card = make_card(tuple(files), images=bool(case_images))
        self.sources: Sequence[Path] = (*files.values(), *case_images.sources)
        self.notes: Sequence[str] = (
            *(note for table in tables.values() for note in table.notes),
            *describe_rows(rows, selected, values, features),
            *describe_forms(rows),
            *describe_aux_labels(selected, labels),
            *case_images.notes,
        )

    def cases(self) -> Iterator[Case]:
        """Yield the patients, cancer by cancer, in the order of the files."""
        yield from self._cases


def _make_marking(name: str | None, number: int | None) -> AnnotationRules:
    """Return a marking by any SEG or RTSTRUCT, because TCGA has no tumor outlines of its own."""
    return AnnotationRules(
        kinds=(AnnotationKind(name=name, number=number),), then="choose one with region_series"
    )


def _complete_rows(code: str, table: Biotab, path: Path) -> list[dict[str, str]]:
    rows = table.patients
    if NODES not in rows[0]:
        raise UserError(
            f"no column {NODES}",
            where=str(path),
            then=f"choose another cancer: {code} has no pathological N category",
        )
    # Some forms lack these columns; their values are unknown.
    absent = {name: "" for name in (TUMOR, NEOADJUVANT) if name not in rows[0]}
    return [{**row, **absent, "cancer": code.upper()} for row in rows]


def _make_cases(
    rows: Sequence[Mapping[str, str]],
    values: Mapping[str, Sequence[str]],
    labels: Sequence[AuxLabel],
    columns: Sequence[Column],
    images: CaseImages,
) -> tuple[Case, ...]:
    cases = []
    for index, row in enumerate(rows):
        cells = {
            "center": row.get("tissue_source_site", ""),
            **{name: cells[index] for name, cells in values.items()},
            "pn": read_nodes_category(row[NODES], f"case {row[BARCODE][:40]!r}"),
            **{column.name: label_values[index] for column, label_values in labels},
        }
        cases.append(
            Case(
                id=row[BARCODE],
                values={column.name: cells[column.name] for column in columns},
                volume=images.volume_of(row[BARCODE]),
                scan=images.scan_of(row[BARCODE]),
            )
        )
    return tuple(cases)
