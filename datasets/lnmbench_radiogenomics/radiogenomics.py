"""NSCLC Radiogenomics: the clinical table, with pathological N and T."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lnmbench import Card, Case, Column, UserError
from lnmbench.errors import nearest
from lnmbench_radiogenomics.clinical_file import (
    ID_HEADERS,
    find_clinical_file,
    read_clinical_file,
)
from lnmbench_radiogenomics.variables import (
    CENTER,
    COLUMNS,
    FEATURES,
    NEVER_SMOKED,
    NODES,
    PACK_YEARS,
    SMOKING,
    TUMOUR,
)

_ID = ID_HEADERS[0]

CARD = Card(
    title="NSCLC Radiogenomics (TCIA), clinical table",
    licence="CC BY 3.0",
    source="The Cancer Imaging Archive, doi 10.7937/K9/TCIA.2017.7hs46erv",
    citation="Bakr S. et al., A radiogenomic dataset of non-small cell lung cancer, "
    "Sci Data 2018, doi 10.1038/sdata.2018.202",
    labels="Pathological N and T of the resected specimen, AJCC 7 (there is no T1c); the patients "
    "AMC-… have no pathological stages",
    notes=(
        "No images: this is the clinical table alone.",
        "Histology is not a feature: the table does not say whether it was read from a biopsy or "
        "from the specimen. Mutations, grade and invasion were read from the specimen.",
        "Few events (33 pN+, 18 pN2) and almost no signal in the clinical variables: no ranking "
        "of methods is to be expected.",
        "Dates in the table are shifted; none is used.",
    ),
)


class Radiogenomics:
    """The clinical table of NSCLC Radiogenomics: 211 patients, 162 with pathological stages.

    Features are what is known before surgery: age, weight, sex, ethnicity, smoking, the
    ground-glass share on CT and the lobe. The table's first column may be called `Patient ID`
    or `Case ID`.

    Parameters
    ----------
    root
        Folder that holds the CSV at any depth (it is found by its header), or the CSV itself.

    Raises
    ------
    UserError
        Where the table is not there, is broken, or holds a value that is not in its dictionary.
    """

    def __init__(self, root: Path) -> None:
        path = find_clinical_file(Path(root).expanduser())
        rows = read_clinical_file(path)
        _check(rows, path)
        self._rows = [_with_pack_years(row) for row in rows]
        self.columns: Sequence[Column] = COLUMNS
        self.card = CARD
        self.sources: Sequence[Path] = (path,)
        self.notes: Sequence[str] = tuple(_notes(rows))

    def cases(self) -> Iterator[Case]:
        """Yield the patients in the order of the table."""
        for row in self._rows:
            yield Case(id=row[_ID], values={column.name: row[column.name] for column in COLUMNS})


def _check(rows: Sequence[Mapping[str, str]], path: Path) -> None:
    if not rows:
        raise UserError(f"{path} is empty", expected="at least one patient")
    for column in COLUMNS:
        if column.name not in rows[0]:
            raise UserError(
                f"there is no column {column.name!r}",
                where=str(path),
                then=nearest(column.name, rows[0]),
            )
    repeated = [id_ for id_, count in Counter(row[_ID] for row in rows).items() if count > 1]
    if repeated or not all(row[_ID] for row in rows):
        raise UserError(
            f"{len(repeated)} patient ids stand more than once",
            where=str(path),
            expected="one row a patient, each with an id",
        )
    for row in rows:
        for column in COLUMNS:
            if column.role != "center":
                column.encode(row[column.name], where=f"{path}, {row[_ID][:40]!r}")


def _with_pack_years(row: Mapping[str, str]) -> dict[str, str]:
    """Nonsmokers have N/A pack-years, which is a known zero."""
    return {**row, PACK_YEARS: "0"} if _never_smoked(row) else dict(row)


def _never_smoked(row: Mapping[str, str]) -> bool:
    return row[SMOKING] == NEVER_SMOKED and row[PACK_YEARS] == "N/A"


def _notes(rows: Sequence[Mapping[str, str]]) -> Iterator[str]:
    for name in (NODES, TUMOUR):
        unknown = sum(math.isnan(_column(name).encode(row[name])) for row in rows)
        yield f"{name}: unknown for {unknown} of {len(rows)} patients"
    yield f"{PACK_YEARS}: 0 for {sum(map(_never_smoked, rows))} nonsmokers, who have N/A"
    missing = {
        column.name: sum(math.isnan(column.encode(row[column.name])) for row in rows)
        for column in FEATURES
        if column.name != PACK_YEARS
    }
    told = ", ".join(f"{name} {count}" for name, count in missing.items() if count)
    yield f"missing values in the features: {told or 'none'}"
    left_out = [name for name in rows[0] if name not in {_ID, CENTER, *(c.name for c in COLUMNS)}]
    yield (
        f"{len(left_out)} columns are left out, as known only after surgery, not dated to before "
        f"it, or dates: {', '.join(map(repr, left_out))}"
    )


def _column(name: str) -> Column:
    return next(column for column in COLUMNS if column.name == name)
