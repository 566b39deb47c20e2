"""Normal form of names: case, accents, width, words."""

from __future__ import annotations

import unicodedata

import pytest

from lnmbench.lexicon.normal_form import LONGEST, fold, list_acronyms, split_capitals, split_words


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(
    ("text", "folded"),
    [("Überleben", "uberleben"), ("récidive", "recidive"), ("재발", "재발"), ("プラス", "プラス")],
)
def test_both_forms_of_accents_are_one(form: str, text: str, folded: str) -> None:
    decomposed = unicodedata.normalize("NFD" if form == "NFD" else "NFC", text)
    assert fold(decomposed) == folded


def test_width_and_dashes_make_no_difference() -> None:
    assert fold("ＬＶＩ（－）") == fold("LVI(−)") == "lvi(-)"


def test_letters_digits_and_scripts_are_separate_words() -> None:
    assert split_words("7区淋巴结转移") == "7 区淋巴结转移"
    assert split_words("CA19-9 (U/ml)") == "ca 19 9 u ml"
    assert split_words("# pos LN+") == "# pos ln +"


def test_capitals_begin_words_but_stay_together_elsewhere() -> None:
    assert split_capitals("ypN") == "yp n"
    assert split_words("SUVmax") == "suvmax"


def test_only_words_in_capitals_are_acronyms() -> None:
    assert list_acronyms("OS (Monate), los, Path") == {"os"}


def test_long_names_are_cut() -> None:
    assert len(fold("x" * 10_000)) == LONGEST
