"""Encodings of text tables: read right, or refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.tables import STATE_OR_SAVE, decode_text

PATH = Path("t.csv")
TEXTS = {
    "Chinese": "编号,性别,n1,CT报告\nA,男,阳性,右肺上叶见结节\nB,女,阴性,左肺下叶见磨玻璃结节\n",
    "one Chinese column": "id,sex,n1\nA,男,0\nB,女,1\n",
    "one Chinese header": "编号,n1\nA,0\n",
    "traditional Chinese": "編號,性別,CT報告\nA,男,右肺上葉結節\nB,女,縱膈淋巴結腫大\n",
    "Japanese": "症例番号,性別,転移\nA,男,あり\nB,女,リンパ節の腫大なし\n",
    "Korean": "환자번호,성별,림프절 전이\nA,남,양성\nB,여,음성\n",
    "Korean with words that repeat": "등록번호,성별,흡연력,고혈압,당뇨,절제연,수술명,림프절 전이\n"
    + "K1,남,유,무,무,음성,폐엽절제술,양성\nK2,여,무,유,무,음성,쐐기절제술,음성\n" * 40,
    "German": "Fall;Größe (cm);Rückfall\nA;3,5;ja – spät\nB;3;männlich\n",
    "French": "Numéro;Âge;Fumeur\nA;50;l’âge à l’hôpital, cœur, façade\n",
    "Spanish": "Número;Edad;Región\nA;50;varón, pulmón; España\n",
    "Portuguese": "Número;Região\nA;pulmão, não, coração, três\n",
    "Italian": "Età;Sede\nA;più, perché, però\n",
    "English": "id;smoking – status\nA;1–20 pack years\nB;patient’s 5 µg, 3 cm², ±2°\n",
}
PAIRS = [
    ("Chinese", "gb18030"),
    ("one Chinese column", "gb18030"),
    ("one Chinese column", "big5"),
    ("one Chinese header", "gb18030"),
    ("traditional Chinese", "big5"),
    ("Japanese", "shift_jis"),
    ("Japanese", "euc_jp"),
    ("Korean", "euc_kr"),
    ("Korean with words that repeat", "euc_kr"),
    *((language, "cp1252") for language in TEXTS if TEXTS[language].startswith(("Fall", "N", "E"))),
    ("English", "cp1252"),
    ("German", "mac_roman"),
    ("French", "mac_roman"),
    ("Italian", "cp850"),
    ("Chinese", "utf-16-le"),
    ("Chinese", "utf-16-be"),
    ("German", "utf-16-le"),
]


@pytest.mark.parametrize(("language", "encoding"), PAIRS)
def test_a_certain_encoding_is_read_and_named(language: str, encoding: str) -> None:
    text, (note,) = decode_text(TEXTS[language].encode(encoding), PATH)
    assert text == TEXTS[language]
    assert note.startswith(f"t.csv is not UTF-8 and was read as {encoding}")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("language", TEXTS)
def test_unicode_with_its_mark_needs_no_note(language: str, encoding: str) -> None:
    text = TEXTS[language]
    assert decode_text(text.encode(encoding), PATH) == (text, ())


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Возраст;Пол\n50;мужской\n", "cp1251"),
        ("Wiek;Płeć\n50;mężczyzna\n", "cp1250"),
        ("Región\nA\n", "mac_roman"),
        ("Età\nA\n", "cp850"),
        ("id\n\u6bd3\u7b20\n", "gb18030"),
        ("id,x\nA,ｱﾘ\nB,ﾅｼ\n", "cp932"),
        ("id,x\nA,有\nB,無\n", "euc_jp"),
        ("id\n发现\n", "gb18030"),
    ],
)
def test_an_encoding_that_is_not_certain_is_refused(text: str, encoding: str) -> None:
    with pytest.raises(UserError, match=r"encoding of t.csv is not certain.*set encoding"):
        decode_text(text.encode(encoding), PATH, then=STATE_OR_SAVE)
    assert decode_text(text.encode(encoding), PATH, encoding) == (text, ())


@pytest.mark.parametrize("encoding", ["cp1252", "gb18030"])
def test_two_encodings_in_one_file_are_refused(encoding: str) -> None:
    content = "id,name\nA,Müller\n".encode() + "B,女 é\n".encode(encoding, errors="replace")
    with pytest.raises(UserError, match=r"t.csv mixes UTF-8 and another encoding \(line 3\)"):
        decode_text(content, PATH)


def test_a_stated_encoding_must_fit() -> None:
    with pytest.raises(UserError, match=r"t.csv is not utf-8 \(line 2\); set another encoding"):
        decode_text(b"id\nM\xfcller\n", PATH, "utf-8", then=STATE_OR_SAVE)
    with pytest.raises(UserError, match="the byte order mark of utf-16"):
        decode_text("id\n".encode("utf-16"), PATH, "cp1252")
    assert decode_text("id\n".encode("utf-16"), PATH, "utf-16-le") == ("id\n", ())
    assert decode_text(b"a \x96 b\n", PATH, "latin-1") == ("a – b\n", ())


def test_letters_that_were_damaged_before_are_pointed_out() -> None:
    for text in ("Müller".encode().decode("cp1252"), "M\ufffdller"):
        _, (note,) = decode_text(text.encode(), PATH)
        assert "damaged before" in note


def test_nul_characters_are_no_text() -> None:
    with pytest.raises(UserError, match="NUL characters"):
        decode_text(b"id,age\nA,\0\n", PATH)


def test_escape_sequences_are_no_text() -> None:
    with pytest.raises(UserError, match="escape sequences of ISO-2022"):
        decode_text("id\n有\n".encode("iso2022_jp"), PATH)
