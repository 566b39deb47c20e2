"""Time at which a column is known, by its name and its cells."""

from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench.lexicon.timing import judge_column, judge_name

AFTER = """
Station 7 involved|LVI|VPI|OS|DFS|PFS|LN+|7区淋巴结转移|N2淋巴结|Rezidiv|阳性淋巴结数
récidive|recidief|ganglios positivos|sopravvivenza|再発|재발|pathological T|pN|ypT stage
Survival.time|adjuvant chemo|positive_nodes|resid_margin|Überleben|UEBERLEBEN
Lymphknotenmetastase|gânglios positivos|ＬＶＩ|郭清個数|Complicanze post-operatorie
clinical follow-up|CT at recurrence|age at death|Nachsorge (Monate)|術式|CEA postoperativ
smoking status at last follow-up|path_stage_N|ajcc_nodes_pathologic_pn|生存期間|R-Status
nb de ganglions envahis|Anzahl positiver Lymphknoten|número de ganglios afectados
절제 림프절 수|수술 후 통증
Nº gg afectados|gg pos|gg resecados|gg prélevés|resezierter Lappen|lobo resecato|lobe réséqué
Kontroll-CT|CT de contrôle|TC di controllo|TC de control|clinical course|decorso clinico|臨床経過
임상 경과|CT ady|Pn|Schnellschnitt|reinternamento|luchtlekkage|空気漏れ|공기누출
"""
BEFORE = """
age at surgery|clinical_grade|cN|neoadjuvant therapy|Neo-adjuvant|LN size on CT|Alter bei OP
术前CEA|präoperatives CEA|clinical lymph node status|PET SUVmax of node|cT|Tumorgröße im CT
수술 전 CEA|家族歴|新辅助化疗|術前化学療法|Lymphocyte count|Raucherstatus|tabagismo|leeftijd
biopsy grade|CT: Lymphknoten|heart failure|ASA grade|Vorerkrankungen|antécédents
Age at Histological Diagnosis|淋巴细胞|CYFRA 21-1
Diabète contrôlé|HTA controlada|Lóbulo afectado (TC)|gg (CT)|%GG|GG ratio|3D volume on CT
"""
OPEN = """
Histology|Tumor size|lymph nodes|N stage|Stadium|肿瘤大小|病期|preoperative pathology
prior recurrence|margin|N gg|BMI 1y|ECOG 30d|clinical understaging
"""


def names(text: str) -> list[str]:
    return [name for line in text.strip().splitlines() for name in line.split("|")]


@pytest.mark.parametrize("name", names(AFTER))
def test_known_only_after_surgery(name: str) -> None:
    assert judge_name(name).time == "after"
    assert judge_name(name).reason


@pytest.mark.parametrize("name", names(BEFORE))
def test_known_before_surgery(name: str) -> None:
    assert judge_name(name).time == "before"


@pytest.mark.parametrize("name", names(OPEN))
def test_names_that_do_not_say_when_are_open(name: str) -> None:
    assert judge_name(name).time == "open"


@pytest.mark.parametrize("name", ["postal code", "x", "Var 12", "问卷", "PT"])
def test_other_names_are_unknown(name: str) -> None:
    assert judge_name(name).time in ("unknown", "after" if name == "PT" else "unknown")


@pytest.mark.parametrize(
    ("name", "cells", "time"),
    [
        ("x", ["pN0", "pN1(mi)"], "after"),
        ("nodes", ["N0 (i-)", "N2b"], "after"),
        ("N_stage", ["0", "1", "2"], "after"),
        ("Stage", ["IA", "IIIA"], "after"),
        ("Class", ["pT2aN0M0", "pT1bN2M0"], "after"),
        ("Status", ["verstorben", "lebt"], "after"),
        ("Typ", ["Lobektomie", "Segmentresektion"], "after"),
        ("ganglions", ["cN0", "cN1"], "before"),
        ("clinical stage", ["IA", "IIIA"], "before"),
        ("clinical N", ["pN0", "pN1"], "open"),
        ("ASA", ["1", "2", "3"], "before"),
        ("lobe", ["left", "right"], "before"),
        ("x", ["a", "b"], "unknown"),
    ],
)
def test_cells_are_evidence_too(name: str, cells: list[str], time: str) -> None:
    assert judge_column(name, cells).time == time


def read_names(file: str) -> list[str]:
    return (Path(__file__).parent / file).read_text(encoding="utf-8").splitlines()


def test_no_late_name_of_a_long_list_passes() -> None:
    times = {name: judge_name(name).time for name in read_names("late_names.txt")}
    assert [name for name, time in times.items() if time == "before"] == []
    assert sum(time == "after" for time in times.values()) > 0.9 * len(times)


def test_early_names_of_a_long_list_are_known() -> None:
    names = read_names("early_names.txt")
    assert [name for name in names if judge_name(name).time != "before"] == []
