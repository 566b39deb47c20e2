"""Names of stages in studies: ids of both namings, display names, names that the user gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lnmbench_cbioportal.cbioportal import Cbioportal

from lnmbench import UserError

WriteStudy = Callable[..., Path]
ReplaceText = Callable[[Path, str, str], None]
FILE = "data_clinical_patient.txt"


@pytest.mark.parametrize("name", ["AJCC_NODES_PATHOLOGIC_PN", "PN_STAGE"])
def test_other_names_of_studies_are_known(
    write_study: WriteStudy, replace_text: ReplaceText, name: str
) -> None:
    folder = write_study(comments=0)
    replace_text(folder / FILE, "PATH_N_STAGE", name)
    assert f"empty 0 ({name})" in " ".join(Cbioportal(folder).notes)


def test_the_display_name_is_enough(write_study: WriteStudy, replace_text: ReplaceText) -> None:
    folder = write_study()
    replace_text(folder / FILE, "PATH_N_STAGE", "NODES_42")
    title = "Neoplasm Disease Lymph Node Stage American Joint Committee on Cancer Code"
    replace_text(folder / FILE, "|Lymph Node Stage|", f"|{title}|")
    assert "empty 0 (NODES_42)" in " ".join(Cbioportal(folder).notes)


def test_an_unknown_name_is_asked_for(write_study: WriteStudy, replace_text: ReplaceText) -> None:
    folder = write_study()
    replace_text(folder / FILE, "PATH_N_STAGE", "N_CLASS")
    with pytest.raises(UserError, match="no pathological N category.*if 'N_CLASS' or 'CLIN_N_"):
        Cbioportal(folder)
    assert "(N_CLASS)" in " ".join(Cbioportal(folder, pn="n class").notes)
    with pytest.raises(UserError, match="no column 'N_KLASS' for pn .*choose it with pn=NAME"):
        Cbioportal(folder, pn="N_KLASS")


def test_a_study_without_stages_is_refused(write_study: WriteStudy) -> None:
    rows = [f"P{n}|6{n}|Male|No|||NA|G1|0|12" for n in range(5)]
    folder = write_study(rows, None)
    text = (folder / FILE).read_text(encoding="utf-8").replace("PATH_N_STAGE", "NODES")
    (folder / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match="choose a study with a pathological N category"):
        Cbioportal(folder)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({"cn": "PATH_N_STAGE"}, "'PATH_N_STAGE' is no clinical N category.*known after surgery"),
        ({"pn": "CLIN_N_STAGE"}, "'CLIN_N_STAGE' is no pathological N category.*before surgery"),
        ({"pn": "Clinical N Stage"}, "is no pathological N category"),
        ({"pn": "NODES", "cn": "NODES"}, "column 'NODES' cannot be both pn and cn"),
    ],
)
def test_pathology_is_no_clinical_stage(
    write_study: WriteStudy, replace_text: ReplaceText, names: dict[str, str], message: str
) -> None:
    folder = write_study()
    if "NODES" in names.values():
        replace_text(folder / FILE, "PATH_N_STAGE", "NODES")
    with pytest.raises(UserError, match=message):
        Cbioportal(folder, **names)


def test_a_study_whose_nodes_are_unknown_is_refused(write_study: WriteStudy) -> None:
    rows = [f"P{n}|6{n}|Male|No|NX|T1|NA|G1|0|12" for n in range(5)]
    with pytest.raises(UserError, match="pathological N category is unknown for every patient"):
        Cbioportal(write_study(rows, None))
