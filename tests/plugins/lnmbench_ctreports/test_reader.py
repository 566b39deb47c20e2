"""The report reader `ct` on hand-written reports: every value, and the words that gave it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lnmbench_ctreports.reader import CtReport

REPORTS = Path(__file__).parent / "reports"
FILES = ("english", "chinese", "held_out", "held_out_second", "held_out_third")
NUMBERS = {"size": "long axis", "node": "node short axis"}
NAMES = {"lobe": "lobe", "ground_glass": "ground glass", "station": "node station"}


def reports(*files: str) -> list[Any]:
    return [
        pytest.param(
            report,
            id=f"{file}: {report['name']}",
            marks=[pytest.mark.xfail(reason=report["beyond"])] if "beyond" in report else [],
        )
        for file in files
        for report in tomllib.loads((REPORTS / f"{file}.toml").read_text(encoding="utf-8"))[
            "report"
        ]
    ]


def expected(report: dict[str, Any]) -> dict[str, object]:
    values: dict[str, object] = {NUMBERS[k]: float(v) for k, v in report.items() if k in NUMBERS}
    values |= {NAMES[k]: v for k, v in report.items() if k in NAMES}
    return values | {n: word for word in ("yes", "no") for n in report.get(word, ())}


@pytest.mark.parametrize("report", reports(*FILES))
def test_a_report_is_read_as_a_radiologist_would(report: dict[str, Any]) -> None:
    found = CtReport().read(report["text"])
    assert {name: finding.value for name, finding in found.items()} == expected(report)
    assert all(finding.words in report["text"] for finding in found.values())


def read(text: str, **parameters: Any) -> dict[str, object]:
    return {name: finding.value for name, finding in CtReport(**parameters).read(text).items()}


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        (
            "A MASS measuring 3.2 X 2.1 cm, no cavitation.",
            "long axis",
            "MASS measuring 3.2 X 2.1 cm",
        ),
        ("A MASS measuring 3.2 X 2.1 cm, no Cavitation.", "cavitation", "no Cavitation"),
        (
            "左肺下叶肿块，大小约３．２ｃｍ×２．１ｃｍ。",
            "long axis",
            "肿块，大小约３．２ｃｍ×２．１ｃｍ",
        ),
        ("双侧胸腔未见明显积液。", "effusion", "胸腔未见明显积液"),
        ("LUL mass. Right upper lobe clear.", "lobe", "LUL"),
        ("Mass in the right\nupper lobe.", "lobe", "right\nupper lobe"),
    ],
)
def test_the_words_are_those_of_the_text(text: str, column: str, words: str) -> None:
    assert CtReport().read(text)[column].words == words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("No calcification, cavitation, or effusion, but spiculation.", ("no", "no", "no", "yes")),
        ("There is no effusion and the mass shows spiculation.", (None, None, "no", "yes")),
        ("Non-calcified spiculated mass.", ("no", None, None, "yes")),
        ("No change in the effusion.", (None, None, "yes", None)),
        ("未见钙化、空洞及胸腔积液，可见毛刺。", ("no", "no", "no", "yes")),
        ("无钙化，有空洞。", ("no", "yes", None, None)),
    ],
)
def test_a_negation_ends_where_it_should(text: str, expected: tuple[str | None, ...]) -> None:
    found = read(text)
    names = ("calcification", "cavitation", "effusion", "spiculation")
    assert tuple(found.get(name) for name in names) == expected


@pytest.mark.parametrize(
    "text", ["Possible cavitation.", "Cavitation cannot be excluded.", "可疑空洞。"]
)
def test_what_is_possible_counts_as_asked(text: str) -> None:
    assert read(text)["cavitation"] == "yes"
    assert "cavitation" not in read(text, possible="missing")


@pytest.mark.parametrize(
    "text",
    [
        "Mass in the right upper lobe, previously 3 cm.",
        "Nodule of less than 5 mm in the left lower lobe.",
        "右肺上叶结节，前片约2.1cm。",
        "4 cm liver lesion.",
        "A mass, 2 cm from the carina.",
    ],
)
def test_other_sizes_are_not_the_lesions(text: str) -> None:
    assert "long axis" not in read(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Rundherd im rechten Oberlappen, 12 mm, kein Erguss.",
        "Nodule du lobe supérieur droit mesurant 12 mm, sans épanchement.",
        "右上葉に結節あり、径は約12mmである。",
        "Узел 12 мм",
    ],
)
def test_other_languages_give_nothing(text: str) -> None:
    assert read(text) == {}


def test_a_language_can_be_asked_for() -> None:
    mixed = "右肺上叶肿块3cm。 No effusion."
    assert read(mixed)["effusion"] == "no"
    assert "lobe" in read(mixed, language="zh")
    assert "lobe" not in read(mixed, language="en")


SIZES = {
    "Mass in the right upper lobe, 5,2 x 4,1 cm.": 52.0,
    "Mass in the right upper lobe, 5,2 (AP) x 4,1 cm.": 52.0,
    "Nodule in the left lower lobe, 2,8 cm.": 28.0,
    "左肺下叶结节，直径约2,3 cm。": 23.0,
    "Nodules of 8, 12 and 15 mm in the RUL.": 15.0,
    "Nodules of 15, 12 and 8 mm in the RUL.": 15.0,
    "Nodules of 8,12 mm in the RUL.": None,
    "Nodules of 15, 8 mm in the RUL.": None,
    "RUL nodule (series 3, image 45, 12 mm).": 12.0,
    "右肺上叶结节，大小约3，2cm。": None,
}


@pytest.mark.parametrize(("text", "size"), SIZES.items())
def test_a_comma_is_a_decimal_one_or_a_list_or_nothing_is_read(
    text: str, size: float | None
) -> None:
    assert read(text).get("long axis") == size


LARGEST = {
    "Two nodules: RUL 12 mm calcified, and LLL 21 mm.": "LLL",
    "Two nodules, 12 mm in the RUL, calcified, and 21 mm in the LLL.": "LLL",
    "Nodules in the RUL (12 mm, calcified) and LLL (21 mm).": "LLL",
    "Pulmonary nodules. RUL: 12 mm, calcified. LLL: 21 mm.": "LLL",
    "右肺上叶结节12mm，伴钙化，左肺下叶21mm。": "LLL",
    "Nodules in the RUL and LLL measuring 12 and 21 mm.": None,
    "Nodules in the right upper lobe and left lower lobe, the largest 21 mm.": None,
    "右肺上叶及左肺下叶见结节，大者约21mm。": None,
    "Nodules in the RUL, RML and LLL, the largest 21 mm.": None,
    "Mass of 21 mm in the RUL, LLL clear.": "RUL",
}


@pytest.mark.parametrize(("text", "lobe"), LARGEST.items())
def test_of_several_lesions_none_takes_what_is_said_of_another(text: str, lobe: str | None) -> None:
    assert read(text) == {"long axis": 21.0} | ({"lobe": lobe} if lobe else {})


NODES = {
    "Prevascular (station 6) lymph node measures 16 x 10 mm, aortopulmonary window node 8 mm.": (
        10.0,
        "6",
    ),
    "主动脉弓旁5区淋巴结约11×8mm": (8.0, "5"),
    "左肺门及隆突下淋巴结增大,较大者约2.1x1.5cm": (15.0, None),
    "Lymph node in station 5区 8mm": (8.0, "5"),
    "Station 7,8 mm node.": (None, None),
    "Right lower paratracheal 12 mm, subcarinal 9 mm nodes.": (12.0, "4R"),
    "4R区淋巴结约12、9mm。": (12.0, "4R"),
}


@pytest.mark.parametrize(("text", "node"), NODES.items())
def test_a_node_has_its_own_station_and_is_no_lesion(
    text: str, node: tuple[float | None, str | None]
) -> None:
    found = read(text)
    assert (found.get("node short axis"), found.get("node station")) == node
    assert "long axis" not in found


@pytest.mark.parametrize(
    "text",
    [
        "Comparison: CT 2019. Nodule RLL was 8 mm, now measures 12 mm.",
        "Comparison: CT 2019. Nodule RLL was 15 mm, now measures 12 mm.",
        "Comparison: None available. Nodule RLL 12 mm.",
        "Comparison: CT of 12 March 2019. Prior CT showed a 5 cm mass. Nodule RLL 12 mm.",
        "Comparison:\nCT chest 12/03/2019\nTechnique: 5 mm slices\nFindings: RLL nodule 12 mm.",
        "对比：2019-03-05 CT。右肺下叶结节原15mm，现约12mm。",
    ],
)
def test_a_comparison_ends_where_findings_begin(text: str) -> None:
    assert read(text) == {"long axis": 12.0, "lobe": "RLL"}


PIECES = (
    *("RUL 12 mm", "LLL", "and", "5,2", "station 7", "Comparison:", "2019", "、", " cm", "nodules"),
    *("mass", "node", "3.2 x 2.1 cm", "no ", "station 4R", "effusion", "pleural", "ground-glass"),
    *("未见", "空洞", "右肺上叶", "淋巴结", "12mm", "İ", "（-）", "，", ". ", ":", "\n", "\t"),
)


@settings(max_examples=150, deadline=None)
@given(parts=st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=12))
def test_any_text_is_read_and_its_words_stand_in_it(parts: list[str]) -> None:
    text = "".join(parts)
    reader = CtReport()
    columns = {column.name: column for column in reader.columns}
    for name, finding in reader.read(text).items():
        assert finding.words, name
        assert finding.words in text
        columns[name].encode(finding.value)
