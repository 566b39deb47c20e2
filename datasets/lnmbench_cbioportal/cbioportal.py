"""A study of cBioPortal: pathological N and T, and variables known before surgery."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from lnmbench import Case, Column, UserError
from lnmbench.records import Source
from lnmbench.tables import require_cells
from lnmbench.text import clean, plural, quote
from lnmbench_cbioportal.card import SOURCE, describe_cohort, make_card, read_meta
from lnmbench_cbioportal.pathology import read_findings
from lnmbench_cbioportal.stage_kinds import CN, CT, PN, PT, find_stage, require_nodes
from lnmbench_cbioportal.stages import (
    Stage,
    is_lung,
    make_stage_column,
    read_stage,
    require_before_therapy,
    require_known,
)
from lnmbench_cbioportal.study import Study, read_study
from lnmbench_cbioportal.study_files import find_study
from lnmbench_cbioportal.variables import Values, read_features

_CENTER = ("TISSUE_SOURCE_SITE_CODE", "TISSUE_SOURCE_SITE", "CENTER", "INSTITUTION")
_NEOADJUVANT = (
    "HISTORY_NEOADJUVANT_TRTYN",
    "PRIOR_TREATMENT",  # of the GDC, which has it from the same field
    "Neoadjuvant Therapy Type Administered Prior To Resection Text",
)


class Cbioportal:
    """Clinical tables of a study in cBioPortal, one case a patient; no images.

    The study is in staging format (`data_clinical_patient.txt`, `data_clinical_sample.txt`), or the
    TSV of clinical data that the portal offers. Of each patient, the primary sample counts.
    Patients with neoadjuvant treatment are excluded unless `neoadjuvant` is set, because it can
    change their lymph nodes before pathology examines them (ypN).

    Parameters
    ----------
    root
        Folder of the study, or its file.
    pn
        Id or display name of the column with the pathological N category; by default, the names
        that TCGA's studies use.
    pt
        The same for the pathological T stage; `none` for no such label.
    cn
        The same for the clinical N category, which is a feature; `none` leaves it out.
    neoadjuvant
        Whether to include patients with neoadjuvant treatment, and stages after it (yp).
    race
        Whether the recorded race is a feature.

    Raises
    ------
    UserError
        If a file is missing, broken or has shifted columns, if the files of patients and samples
        do not belong together, if there is no pathological N category, or if stages were assessed
        after neoadjuvant therapy.
    """

    source: ClassVar[Source] = SOURCE

    def __init__(
        self,
        root: Path,
        pn: str | None = None,
        pt: str | None = None,
        cn: str | None = None,
        neoadjuvant: bool = False,
        race: bool = True,
    ) -> None:
        files = find_study(Path(root).expanduser())
        whole = read_study(files)
        study = whole if neoadjuvant else _exclude_treated(whole)
        stages = _read_stages(study, pn, pt, cn)
        if not neoadjuvant:
            require_before_therapy(stages)
        columns = [*_read_center(study), *read_features(study, race=race)]
        for stage in stages:
            column = make_stage_column(stage, is_lung=is_lung(study))
            if column is not None:
                columns.append((column, stage.values))
        columns += read_findings(study)
        values = {column.name: cells for column, cells in columns}
        self.columns: Sequence[Column] = tuple(column for column, _ in columns)
        self._cases = tuple(
            Case(id=id_, values={name: cells[index] for name, cells in values.items()})
            for index, id_ in enumerate(study.ids)
        )
        require_cells(self.columns, study.ids, [case.values for case in self._cases])
        self.card = make_card(files, read_meta(files.meta))
        self.sources: Sequence[Path] = (*study.sources, *([files.meta] if files.meta else []))
        self.notes: Sequence[str] = (
            f"study {clean(files.name)}: {plural(len(whole.ids), 'patient')}",
            *study.notes,
            *(note for stage in stages for note in stage.describe()),
            *describe_cohort(
                self.columns,
                values,
                excluded=len(whole.ids) - len(study.ids),
                patients=len(whole.ids),
            ),
        )

    def cases(self) -> Iterator[Case]:
        """Yield the patients in the order of the file."""
        yield from self._cases


def _read_stages(study: Study, pn: str | None, pt: str | None, cn: str | None) -> tuple[Stage, ...]:
    nodes = require_nodes(study, pn)
    stages = [read_stage(study, PN, nodes)]
    require_known(stages[0])
    for kind, name in ((PT, pt), (CT, None), (CN, cn)):
        attribute = find_stage(study, kind, name)
        if attribute is nodes:
            raise UserError(f"column {quote(nodes.name)} cannot be both pn and {kind.name}")
        if attribute is not None:
            stages.append(read_stage(study, kind, attribute))
    return tuple(stages)


def _exclude_treated(study: Study) -> Study:
    treated = [cell.casefold().startswith("yes") for cell in study.read(*_NEOADJUVANT)]
    if all(treated):
        raise UserError(
            "every patient had neoadjuvant treatment",
            where=", ".join(map(str, study.sources)),
            then="include these patients with neoadjuvant=true",
        )
    return study.select([not was_treated for was_treated in treated])


def _read_center(study: Study) -> list[Values]:
    cells = study.read(*_CENTER)
    if not any(cells):
        return []
    column = Column(
        name="center", role="center", kind="nominal", description="hospital that sent the tissue"
    )
    return [(column, cells)]
