"""Columns of Lung3's clinical table: sex and lobe as features, pathology as labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from lnmbench import Column, UserError
from lnmbench.lexicon.missing import is_missing
from lnmbench.lexicon.tnm_class import TnmClass, read_n_class, read_t_class

ID = "sample.name"
LOBE = "source.location"
_TAG = "characteristics.tag."
SEX = f"{_TAG}gender"
HISTOLOGY = f"{_TAG}histology"
SIZE = f"{_TAG}tumor.size.maximumdiameter"
TUMOR = f"{_TAG}stage.primary.tumor"
NODES = f"{_TAG}stage.nodes"
ORIGIN = f"{_TAG}primaryVSmets"
GRADE = f"{_TAG}grade"
REQUIRED = (ID, LOBE, SEX, HISTOLOGY, SIZE, TUMOR, NODES)
_SEXES = {"f": "female", "m": "male"}
_GRADES = ("1", "2", "3", "4")
_TYPES = ("adenocarcinoma", "squamous cell carcinoma", "other")
# in this order: a squamous cell carcinoma may have adenomatous features
_WORDS = {"squamous": _TYPES[1], "adenocarcinoma": _TYPES[0], "acinar": _TYPES[0]}

FEATURES = (
    Column(name="sex", role="feature", kind="binary", categories=("female", "male")),
    Column(
        name="lobe",
        role="feature",
        kind="nominal",
        categories=(
            "Left Lower Lobe",
            "Left Upper Lobe",
            "Right Lower Lobe",
            "Right Middle Lobe",
            "Right Upper Lobe",
        ),
        description="lobe of the tumor, visible on CT",
    ),
)
_PN = Column(
    name="pn",
    role="target",
    kind="ordinal",
    label="pn",
    categories=("N0", "N1", "N2", "N3"),
    known="after",
    description="pathological N category; the table does not say the AJCC edition",
)
_SIZE = Column(
    name="size",
    role="aux",
    label="size",
    unit="cm",
    known="after",
    description="largest diameter; the table does not say whether of the specimen or on CT",
)
_HISTOLOGY = Column(
    name="histology",
    role="aux",
    kind="nominal",
    label="histology",
    categories=_TYPES,
    known="after",
    description="histological type in three groups; not said whether of biopsy or specimen",
)
_GRADE = Column(
    name="grade",
    role="aux",
    kind="ordinal",
    label="grade",
    categories=_GRADES,
    known="after",
    description="grade of differentiation of the tumor",
)


def make_columns(values: Sequence[Mapping[str, str]]) -> tuple[Column, ...]:
    """Return the columns of the cohort; the T stage has the categories of the table.

    Parameters
    ----------
    values
        The values of each patient, as `read_values` returns them.
    """
    tumors = sorted({row["pt"] for row in values} - {""}, key=lambda text: (text != "Tis", text))
    columns = [*FEATURES, _PN]
    if len(tumors) > 1:
        columns.append(
            Column(
                name="pt",
                role="aux",
                kind="ordinal",
                label="pt",
                categories=tuple(tumors),
                known="after",
                description="pathological T stage as recorded",
            )
        )
    return (*columns, _SIZE, _HISTOLOGY, _GRADE)


def read_values(row: Mapping[str, str]) -> dict[str, str]:
    """Return a patient's values of the columns, empty if unknown.

    Raises `UserError` for a T or N stage that is none, and for one after neoadjuvant therapy.
    """
    known = {name: "" if is_missing(cell) else " ".join(cell.split()) for name, cell in row.items()}
    return {
        "sex": _SEXES.get(known[SEX].casefold(), known[SEX]),
        "lobe": known[LOBE],
        "pn": _read_stage(row, NODES, read_n_class),
        "pt": _read_stage(row, TUMOR, read_t_class),
        "size": known[SIZE],
        "histology": _group_type(known[HISTOLOGY].casefold()),
        "grade": known.get(GRADE, ""),
    }


def _group_type(cell: str) -> str:
    """Return the group of a histological type, or an empty text if unknown."""
    if not cell:
        return ""
    return next((group for word, group in _WORDS.items() if word in cell), _TYPES[2])


def _read_stage(row: Mapping[str, str], name: str, read: Callable[[str], TnmClass | None]) -> str:
    if is_missing(row[name]):
        return ""
    stage = read(row[name])
    if stage is None or stage.is_after_therapy or stage.is_clinical:
        raise UserError(
            f"column {name!r} holds {row[name][:40]!r}",
            where=f"patient {row[ID][:40]!r}",
            expected="a pathological class such as pN1 or pT2a, pNX or pTX",
        )
    return stage.category
