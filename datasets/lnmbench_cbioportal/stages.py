"""Stages of a study: pathological and clinical N and T of each patient."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lnmbench import Column, UserError
from lnmbench.lexicon.tnm_class import TnmClass
from lnmbench.text import plural, quote
from lnmbench_cbioportal.clinical_file import Attribute
from lnmbench_cbioportal.stage_kinds import CN, PN, PT, StageKind
from lnmbench_cbioportal.study import Study

_LUNG_CODES = {"LUAD", "LUSC", "NSCLC", "LUAS", "LCLC", "LUNG"}
_LUNG_TYPE = "Non-Small Cell Lung Cancer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The stages of all patients, empty if unknown, and the column that they come from."""

    kind: StageKind
    attribute: Attribute
    cells: tuple[str, ...]
    classes: tuple[TnmClass | None, ...]

    @property
    def values(self) -> list[str]:
        """The category of each patient."""
        return ["" if tnm is None else tnm.category for tnm in self.classes]

    def describe(self) -> Iterator[str]:
        """Yield notes: the counts of the categories, and subcategories that are merged."""
        if not any(self.classes):
            yield f"{self.kind.name}: unknown for every patient ({self.attribute.name})"
            return
        counts = Counter(self.values)
        known = "".join(f"{name} {counts[name]}, " for name in sorted(counts) if name)
        unassessed = sum(tnm is not None and not tnm.category for tnm in self.classes)
        yield (
            f"{self.kind.name}: {known}{self.kind.name[1].upper()}X {unassessed}, "
            f"empty {self.classes.count(None)} ({self.attribute.name})"
        )
        merged = Counter(
            cell
            for cell, tnm in zip(self.cells, self.classes, strict=True)
            if tnm is not None and tnm.category and tnm.rest
        )
        if merged:
            listed = ", ".join(f"{cell} {count}" for cell, count in sorted(merged.items()))
            yield f"{self.kind.name}: subcategories are merged into their category: {listed}"


def read_stage(study: Study, kind: StageKind, attribute: Attribute) -> Stage:
    """Return the stages of all patients.

    Raises `UserError` for a cell that is no such stage, and for a clinical stage (cN1) in a column
    of pathological ones or the reverse.
    """
    cells = study.read(attribute.id or attribute.title)
    classes = [kind.read(cell) if cell else None for cell in cells]
    wrong = [
        index
        for index, (cell, tnm) in enumerate(zip(cells, classes, strict=True))
        if cell and (tnm is None or not _is_of_kind(tnm, kind))
    ]
    if wrong:
        more = plural(len(wrong) - 1, "more cell")
        raise UserError(
            f"column {quote(attribute.name)} holds {quote(cells[wrong[0]])}",
            where=f"patient {quote(study.ids[wrong[0]])}",
            expected=f"a {kind.title}, {kind.name[1].upper()}X or an empty cell",
            got=f"{more} like it" if len(wrong) > 1 else "",
            then="if the columns are shifted, download the file again",
        )
    return Stage(kind=kind, attribute=attribute, cells=tuple(cells), classes=tuple(classes))


def _is_of_kind(tnm: TnmClass, kind: StageKind) -> bool:
    if kind.is_pathological:
        return not tnm.is_clinical
    return "p" not in tnm.prefix


def require_known(stage: Stage) -> None:
    """Raise `UserError` if a stage is unknown for every patient."""
    if not any(stage.values):
        raise UserError(
            f"the {stage.kind.title} is unknown for every patient",
            where=f"column {quote(stage.attribute.name)}",
            then="choose another study, or another column",
        )


def require_before_therapy(stages: Sequence[Stage]) -> None:
    """Raise `UserError` if stages were assessed after neoadjuvant therapy (yp)."""
    for stage in stages:
        count = sum(tnm is not None and tnm.is_after_therapy for tnm in stage.classes)
        if count:
            raise UserError(
                f"{plural(count, 'patient has', 'patients have')} a {stage.kind.title} after "
                "neoadjuvant therapy (yp)",
                where=f"column {quote(stage.attribute.name)}",
                expected="stages before any therapy: it can change the lymph nodes",
                then="include these patients with neoadjuvant=true",
            )


def is_lung(study: Study) -> bool:
    """Return whether the study says that all patients have non-small cell lung cancer."""
    codes = set(study.read("CANCER_TYPE_ACRONYM", "ONCOTREE_CODE")) - {""}
    types = set(study.read("CANCER_TYPE", "Cancer Type")) - {""}
    return bool(codes | types) and codes <= _LUNG_CODES and types <= {_LUNG_TYPE}


def make_stage_column(stage: Stage, *, is_lung: bool) -> Column | None:
    """Return the column of a stage, None if fewer than two categories are known.

    The pathological N category is the target, the clinical one a feature; T stages are auxiliary
    labels, whose label says whether they are those of lung cancer.
    """
    name, kind = stage.kind.name, stage.kind
    categories = set(stage.values) - {""}
    description = f"{kind.title} (AJCC edition of the year), column {stage.attribute.name}"
    if kind is PN:
        return Column(
            name=name,
            role="target",
            kind="ordinal",
            label=name,
            categories=("N0", "N1", "N2", "N3"),
            known="after",
            description=description,
        )
    if len(categories) < 2:
        return None
    return Column(
        name=name,
        role="feature" if kind is CN else "aux",
        kind="ordinal",
        label=name if is_lung or kind is CN else f"{name}_names",
        categories=tuple(sorted(categories, key=_order)),
        known="after" if kind is PT else "before",
        description=description,
    )


def _order(category: str) -> tuple[bool, bool, str]:
    """Return a key that sorts Ta and Tis before T0 and T1."""
    return category != "Ta", category != "Tis", category
