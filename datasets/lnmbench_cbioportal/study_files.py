"""Files of a study: staging files of patients and samples, or one download of the portal."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from lnmbench import UserError
from lnmbench.errors import reading
from lnmbench.tables import files_by_depth

_PATIENTS = re.compile(r"data_(bcr_)?clinical(_data|_supp)?_patient\w*\.txt", re.IGNORECASE)
_SAMPLES = re.compile(r"data_(bcr_)?clinical(_data|_supp)?_sample\w*\.txt", re.IGNORECASE)
_DOWNLOAD = ".tsv"
_META = "meta_study.txt"
_EXPECTED = "data_clinical_patient.txt, or a TSV download with 'Patient ID' and 'Sample ID'"
_HEADER_BYTES = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyFiles:
    """The tables of one study. A download of the portal is in `patients` and has no `samples`."""

    patients: Path
    samples: Path | None = None
    meta: Path | None = None

    @property
    def is_download(self) -> bool:
        """Return whether the patients are in a download of the portal."""
        return not _PATIENTS.fullmatch(self.patients.name)

    @property
    def name(self) -> str:
        """Return the name of the study: that of its folder, or of the download."""
        if self.is_download:
            return self.patients.stem.removesuffix("_clinical_data")
        return self.patients.resolve().parent.name


def find_study(root: Path) -> StudyFiles:
    """Return the tables of the study below `root`, nearest to it, or those of a file.

    Raises `UserError` if there is none, if there are several studies, if one has several files of
    patients or samples, and if the file is the one of the samples.
    """
    if root.is_file():
        if _SAMPLES.fullmatch(root.name):
            raise UserError(
                f"{root} has the samples of a study, not its patients",
                then="give the folder of the study as root",
            )
        if _PATIENTS.fullmatch(root.name):
            return _make_study(root.parent, [root], [*root.parent.iterdir()])
        return StudyFiles(patients=root)
    for level in files_by_depth(root, ""):
        by_folder: dict[Path, list[Path]] = defaultdict(list)
        for path in level:
            by_folder[path.parent].append(path)
        studies = [
            _make_study(folder, patients, files)
            for folder, files in by_folder.items()
            if (patients := [path for path in files if _PATIENTS.fullmatch(path.name)])
        ]
        studies += [StudyFiles(patients=path) for path in level if _is_download(path)]
        if len(studies) > 1:
            names = " and ".join(str(study.patients.relative_to(root)) for study in studies[:2])
            raise UserError(
                f"{len(studies)} studies under {root}",
                got=names + (" …" if len(studies) > 2 else ""),
                then="give the folder or the file of one study as root",
            )
        if studies:
            return studies[0]
        _require_patients(level)
    raise UserError(
        f"no clinical tables of cBioPortal under {root}",
        expected=_EXPECTED,
        then="give the folder of a study as root",
    )


def _make_study(folder: Path, patients: Sequence[Path], files: Sequence[Path]) -> StudyFiles:
    samples = [path for path in files if _SAMPLES.fullmatch(path.name)]
    for noun, paths in (("patients", patients), ("samples", samples)):
        if len(paths) > 1:
            raise UserError(
                f"{len(paths)} files of {noun}",
                where=str(folder),
                got=" and ".join(path.name for path in sorted(paths)[:2]),
                then="leave one of them in the folder",
            )
    meta = next((path for path in files if path.name == _META), None)
    return StudyFiles(patients=patients[0], samples=next(iter(samples), None), meta=meta)


def _require_patients(files: Sequence[Path]) -> None:
    """Raise `UserError` for samples without patients, which have the stages."""
    samples = [path for path in files if _SAMPLES.fullmatch(path.name)]
    if samples:
        raise UserError(
            f"{samples[0].name} has no file of patients",
            where=str(samples[0].parent),
            expected="data_clinical_patient.txt in the same folder",
        )


def _is_download(path: Path) -> bool:
    if path.suffix.lower() != _DOWNLOAD:
        return False
    with reading(path), path.open("rb") as file:
        beginning = file.read(_HEADER_BYTES)
    first = next(islice(beginning.decode("utf-8-sig", errors="replace").splitlines(), 1), "")
    return {"Patient ID", "Sample ID"} <= {cell.strip().strip('"') for cell in first.split("\t")}
