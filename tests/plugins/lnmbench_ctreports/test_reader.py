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
