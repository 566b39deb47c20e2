"""Kinds of stages, and their columns: both namings of TCGA's studies, and display names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lnmbench import UserError
from lnmbench.lexicon.tnm_class import TnmClass, read_n_class, read_t_class
from lnmbench.text import quote
from lnmbench_cbioportal.clinical_file import Attribute
from lnmbench_cbioportal.study import Study

NONE = "none"
"""Name of a column that is not used even if there is one."""

_MOST_SUGGESTED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class StageKind:
    """A stage: the name of its column, its letter, and the names under which studies have it.

    The first names are ids of TCGA PanCancer, Firehose and the GDC; the last is the display name.
    """

    name: str
    title: str
    sources: tuple[str, ...]
    read: Callable[[str], TnmClass | None]

    @property
    def is_pathological(self) -> bool:
        """Return whether it is a pathological stage."""
        return self.name.startswith("p")


PN = StageKind(
    name="pn",
    title="pathological N category",
    sources=(
        "PATH_N_STAGE",
        "AJCC_NODES_PATHOLOGIC_PN",
        "AJCC_PATHOLOGIC_N",
        "PATHOLOGIC_N",
        "PATHOLOGICAL_N_STAGE",
        "PN_STAGE",
        "PN",
        "Neoplasm Disease Lymph Node Stage American Joint Committee on Cancer Code",
    ),
    read=read_n_class,
)
PT = StageKind(
    name="pt",
    title="pathological T stage",
    sources=(
        "PATH_T_STAGE",
        "AJCC_TUMOR_PATHOLOGIC_PT",
        "AJCC_PATHOLOGIC_T",
        "PATHOLOGIC_T",
        "PATHOLOGICAL_T_STAGE",
        "PT_STAGE",
        "PT",
        "American Joint Committee on Cancer Tumor Stage Code",
    ),
    read=read_t_class,
)
CN = StageKind(
    name="cn",
    title="clinical N category",
    sources=(
        "CLIN_N_STAGE",
        "AJCC_CLINICAL_N",
        "CLINICAL_N_STAGE",
        "CN_STAGE",
        "CN",
        "Neoplasm American Joint Committee on Cancer Clinical Regional Lymph Node N Stage",
    ),
    read=read_n_class,
)
CT = StageKind(
    name="ct",
    title="clinical T stage",
    sources=(
        "CLIN_T_STAGE",
        "AJCC_CLINICAL_T",
        "CLINICAL_T_STAGE",
        "CT_STAGE",
        "Neoplasm American Joint Committee on Cancer Clinical Primary Tumor T Stage",
    ),
    read=read_t_class,
)


def find_stage(study: Study, kind: StageKind, name: str | None) -> Attribute | None:
    """Return the column of a stage, None without any.

    Parameters
    ----------
    study
        The study.
    kind
        The stage.
    name
        Id or display name of the column that the user chose; None for the usual names, `none` for
        no column.

    Raises
    ------
    UserError
        For a name that the study does not have, and for a name that says the opposite: clinical for
        a pathological stage, pathological for a clinical one.
    """
    if name == NONE:
        return None
    if name is None:
        return study.find(*kind.sources)
    attribute = study.find(name)
    if attribute is None:
        raise UserError(
            f"no column {quote(name)} for {kind.name}",
            where=", ".join(map(str, study.sources)),
            then=_suggest(study, kind),
        )
    from lnmbench.lexicon.timing import judge_name  # slow to import

    opposite = "before" if kind.is_pathological else "after"
    if opposite in (judge_name(attribute.id).time, judge_name(attribute.title).time):
        raise UserError(
            f"column {quote(name)} is no {kind.title}",
            where=", ".join(map(str, study.sources)),
            got=f"a name of values that are known {opposite} surgery",
            then=f"choose another column for {kind.name}",
        )
    return attribute


def require_nodes(study: Study, name: str | None) -> Attribute:
    """Return the column of the pathological N category. Raises `UserError` without one."""
    attribute = find_stage(study, PN, name)
    if attribute is None:
        raise UserError(
            "the study has no pathological N category",
            where=str(study.sources[0]),
            expected=f"a column {PN.sources[0]} or {PN.sources[1]}, or their display name",
            then=_suggest(study, PN),
        )
    return attribute


def _suggest(study: Study, kind: StageKind) -> str:
    """Return the next step: columns whose cells are such stages, to choose by parameter."""
    candidates = []
    for attribute in study.attributes:
        cells = set(study.read(attribute.id or attribute.title)) - {""}
        if cells and all(kind.read(cell) is not None for cell in cells):
            candidates.append(quote(attribute.name))
    if not candidates:
        return f"choose a study with a {kind.title}"
    names = " or ".join(candidates[:_MOST_SUGGESTED])
    return f"if {names} is a {kind.title}, choose it with {kind.name}=NAME"
