"""Patients of a study: files of patients and samples joined, one primary sample a patient."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from pathlib import Path

from lnmbench import UserError
from lnmbench.tables import require_unique_ids
from lnmbench.text import join_first, plural, quote
from lnmbench_cbioportal.clinical_file import (
    PATIENT,
    SAMPLE,
    Attribute,
    ClinicalFile,
    find_attribute,
    read_clinical_file,
)
from lnmbench_cbioportal.samples import choose_samples
from lnmbench_cbioportal.study_files import StudyFiles

_STUDY = "Study ID"
_EXAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """The patients of a study with the columns of all files, those of the patients first.

    Cells by sample are empty for a patient without a sample. `notes` are for the user.
    """

    attributes: tuple[Attribute, ...]
    ids: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sources: tuple[Path, ...]
    notes: tuple[str, ...]

    def find(self, *names: str) -> Attribute | None:
        """Return the first column with one of the names, as id or as display name."""
        index = find_attribute(self.attributes, *names)
        return None if index is None else self.attributes[index]

    def read(self, *names: str) -> list[str]:
        """Return the cells of the first column with one of the names, empty without any."""
        index = find_attribute(self.attributes, *names)
        return ["" if index is None else row[index] for row in self.rows]

    def select(self, keep: Sequence[bool]) -> Study:
        """Return the study with the patients to keep."""
        return replace(
            self, ids=tuple(compress(self.ids, keep)), rows=tuple(compress(self.rows, keep))
        )


def read_study(files: StudyFiles) -> Study:
    """Read the patients of a study.

    Raises `UserError` for a broken file, ids that are missing or repeated, files of patients and
    samples without a common patient, and a study without a primary tumor.
    """
    patients = read_clinical_file(files.patients)
    ids = patients.require_column(PATIENT)
    if find_attribute(patients.attributes, SAMPLE) is not None:
        return _read_download(patients, ids)
    require_unique_ids(ids, where=str(patients.path))
    if files.samples is None:
        note = "no file of samples: types of the samples and values by sample are unknown"
        return _make_study((patients,), ids, patients.rows, [note])
    samples = read_clinical_file(files.samples)
    return _join(patients, ids, samples)


def _join(patients: ClinicalFile, ids: Sequence[str], samples: ClinicalFile) -> Study:
    """Return the patients with their samples; without one, if the file of samples lacks them."""
    owners = samples.require_column(PATIENT)
    sample_ids = samples.require_column(SAMPLE)
    require_unique_ids(sample_ids, where=str(samples.path), noun="sample id")
    if not set(ids) & set(owners):
        raise UserError(
            "the files of patients and samples have no patient in common",
            where=f"{patients.path} and {samples.path}",
            got=f"{len(ids)} and {len(set(owners))} patients, e.g. {quote(ids[0])} and "
            f"{quote(owners[0])}",
            then="take both files from one study",
        )
    chosen = choose_samples(samples, owners)
    primary = {owners[index]: samples.rows[index] for index in chosen.indices}
    empty = ("",) * len(samples.attributes)
    rows = {
        id_: (*row, *primary.get(id_, empty))
        for id_, row in zip(ids, patients.rows, strict=True)
        if id_ in primary or id_ not in set(owners)
    }
    notes = [*_describe_mismatch(ids, owners), *chosen.notes]
    return _make_study((patients, samples), [*rows], [*rows.values()], notes)


def _read_download(download: ClinicalFile, ids: Sequence[str]) -> Study:
    sample_ids = download.require_column(SAMPLE)
    require_unique_ids(sample_ids, where=str(download.path), noun="sample id")
    if "" in ids:
        count = plural(ids.count(""), "row has", "rows have")
        raise UserError(f"{count} no patient id", where=str(download.path))
    _require_one_study(download)
    chosen = choose_samples(download, ids)
    return _make_study(
        (download,),
        [ids[index] for index in chosen.indices],
        [download.rows[index] for index in chosen.indices],
        chosen.notes,
    )


def _require_one_study(download: ClinicalFile) -> None:
    """Raise `UserError` for a download of several studies, which may have the same patients."""
    position = find_attribute(download.attributes, _STUDY)
    studies = sorted(set(download.column(position)) - {""}) if position is not None else []
    if len(studies) > 1:
        raise UserError(
            f"the download has {len(studies)} studies",
            where=str(download.path),
            got=join_first([quote(study) for study in studies], _EXAMPLES),
            then="download the clinical data of one study",
        )


def _make_study(
    files: Sequence[ClinicalFile],
    ids: Sequence[str],
    rows: Sequence[tuple[str, ...]],
    notes: Sequence[str],
) -> Study:
    return Study(
        attributes=tuple(attribute for file in files for attribute in file.attributes),
        ids=tuple(ids),
        rows=tuple(rows),
        sources=tuple(file.path for file in files),
        notes=(*(note for file in files for note in file.notes), *notes),
    )


def _describe_mismatch(ids: Sequence[str], owners: Sequence[str]) -> Iterator[str]:
    without_sample = len(set(ids) - set(owners))
    if without_sample:
        yield (
            f"{without_sample} of {len(ids)} patients have no row in the file of samples: their "
            "values by sample are unknown"
        )
    unknown = len(set(owners) - set(ids))
    if unknown:
        yield (
            f"{unknown} of {len(set(owners))} patients of the file of samples are not in the file "
            "of patients and cannot be used"
        )
