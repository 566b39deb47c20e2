"""NSCLC-Radiomics (Lung1): CT of 422 patients before radiotherapy, with the clinical N class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from lnmbench import Case, Column, UserError
from lnmbench.imaging.case_images import Asked, find_case_images
from lnmbench.imaging.tumor_source import MarkedBy, Marking
from lnmbench.records import Source
from lnmbench.tables import read_rows, require_cells
from lnmbench_nsclc_radiomics.card import CARD, CLINICAL, SOURCE
from lnmbench_nsclc_radiomics.clinical_file import find_clinical_file, patients_of
from lnmbench_nsclc_radiomics.variables import (
    AGE,
    GENDER,
    HISTOLOGY,
    ID,
    MISSING,
    N_CLASSES,
    NODES,
    NODES_COLUMN,
    T_CLASSES,
    TARGETS,
    TUMOR,
    features,
    target,
    target_cell,
)

# The primary tumor; GTV-2 and later ones are nodes and further lesions. The segmentations were
# made of the structure sets.
MARKING = Marking(
    kinds=(
        MarkedBy(modalities=("RTSTRUCT",), name="GTV-1,gtv-pre-op"),
        MarkedBy(modalities=("SEG",), name="Neoplasm, Primary"),
    )
)


class NsclcRadiomics:
    """Lung1: CT with the tumor drawn, and the CLINICAL N class, which is no pathological truth.

    Parameters
    ----------
    root
        Folder that holds the CSV at any depth (it is found by its header), or the CSV itself.
    images
        Whether the cases have images, told by DICOM headers anywhere below root: `yes`, `no`, or
        `auto`, if there are any.
    clinical_n_as_target
        Whether the clinical N class may serve the targets n1 and n2. Without it they are refused.

    Raises
    ------
    UserError
        Where the table is not there, is broken, or holds values that are not the collection's;
        for `images=yes`, where there are none of these patients.
    """

    source: ClassVar[Source] = SOURCE

    def __init__(
        self,
        root: Path,
        images: Asked = "auto",
        clinical_n_as_target: bool = False,
    ) -> None:
        folder = Path(root).expanduser()
        path = find_clinical_file(folder)
        table = read_rows(path)
        rows = patients_of(table)
        ids = [row[ID] for row in rows]
        targets = tuple(TARGETS) if clinical_n_as_target else ()
        self.columns: Sequence[Column] = (
            *(c for c in features([row.get(HISTOLOGY, "") for row in rows]) if c.name in rows[0]),
            NODES_COLUMN,
            *map(target, targets),
        )
        self._values = [_values(row, targets, self.columns) for row in rows]
        self._ids = ids
        require_cells(self.columns, ids, self._values, where=f"{path},")
        self._images = find_case_images(
            folder, ids, MARKING, asked=images, collection="NSCLC-Radiomics"
        )
        self.card = CARD
        self.sources: Sequence[Path] = (path, *self._images.sources)
        self.notes: Sequence[str] = (
            *_notes(rows, clinical_n_as_target),
            *table.notes,
            *self._images.notes,
        )

    def cases(self) -> Iterator[Case]:
        """Yield the patients in the order of the table; images are read by `Case.volume`."""
        for id_, values in zip(self._ids, self._values, strict=True):
            yield Case(id=id_, values=values, volume=self._images.volume_of(id_))


def _values(
    row: Mapping[str, str], targets: Sequence[str], columns: Sequence[Column]
) -> dict[str, str]:
    nodes = N_CLASSES.get(_code(row[NODES]), "")
    values = {
        AGE: row.get(AGE, ""),
        GENDER: row.get(GENDER, "").casefold(),
        HISTOLOGY: row.get(HISTOLOGY, ""),
        TUMOR: T_CLASSES.get(_code(row[TUMOR]), ""),
        NODES: nodes,
        **{target(label).name: target_cell(nodes, TARGETS[label]) for label in targets},
    }
    return {column.name: values[column.name] for column in columns}


def _code(cell: str) -> str:
    return cell.removesuffix(".0")


def _notes(rows: Sequence[Mapping[str, str]], as_target: bool) -> Iterator[str]:
    if as_target:
        yield f"WARNING: {CLINICAL}; clinical_n_as_target=true makes targets n1 and n2 of it"
    else:
        yield (
            f"WARNING: {CLINICAL}; it is labeled cn, and n1 and n2 are refused unless "
            "clinical_n_as_target=true"
        )
    for name, classes in ((NODES, N_CLASSES), (TUMOR, T_CLASSES)):
        counts = Counter(_code(row[name]) for row in rows)
        there = ", ".join(f"{classes[code]} {counts[code]}" for code in classes)
        others = {code: counts[code] for code in sorted(counts) if code not in classes}
        _refuse_others(name, others)
        unknown = ", ".join(f"{code or 'empty'} {count}" for code, count in others.items())
        yield f"{name}: {there}" + (f"; counts as unknown: {unknown}" if unknown else "")


def _refuse_others(name: str, others: Mapping[str, int]) -> None:
    """Let codes that are whole numbers or missing count as unknown; refuse all else."""
    for code in others:
        if code not in MISSING and not code.isdecimal():
            raise UserError(
                f"column {name!r} holds {code[:40]!r}", expected="a class as a whole number, or NA"
            )
