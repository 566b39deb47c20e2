"""Cells that are classes, dates, counts or outcomes."""

from __future__ import annotations

import pytest

from lnmbench.lexicon.cells import find_evidence, find_words, is_date, is_ratio


@pytest.mark.parametrize(
    ("cells", "text", "label"),
    [
        (["N0", "pN1mi", "N2b", ""], "pathological N stages", "pn"),
        (["pT1a", "T2", "Tis"], "pathological T stages", "pt"),
        (["ypN1", "ypN0(i-)(sn)"], "pathological N stages", "pn"),
        (["N0", "N+"], "pathological N stages", "pn"),
        (["N0", "N1-3"], "pathological N stages", "pn"),
        (["M0", "M1a"], "pathological M stages", ""),
        (["R0", "R1"], "residual tumor classes (R0, R1)", ""),
        (["0/12", "2/15"], "counts such as positive/examined nodes", ""),
        (["Stage IIIA", "Stage IB"], "stage groups, which depend on the lymph nodes", ""),
    ],
)
def test_classes(cells: list[str], text: str, label: str) -> None:
    evidence = find_evidence(cells, (), "x")
    assert evidence is not None
    assert (evidence.time, evidence.text, evidence.label) == ("after", text, label)


@pytest.mark.parametrize("cells", [["cN0", "cN1"], ["cT1a", "cT2"]])
def test_a_c_is_clinical(cells: list[str]) -> None:
    evidence = find_evidence(cells, (), "x")
    assert evidence is not None
    assert evidence.time == "before"


@pytest.mark.parametrize(
    ("name", "cells", "label"),
    [
        ("Pn-Invasion", ["Pn0", "Pn1"], ""),
        ("Pn", ["0", "1"], ""),
        ("Pn", ["0", "1", "2"], ""),
        ("pN", ["0", "1"], "pn"),
        ("PN", ["0", "2"], "pn"),
        ("N", ["pN0", "pN1"], "pn"),
        ("Pn", ["Pn0", "Pn2a"], "pn"),
        ("pN (9. Aufl.)", ["0", "1", "2a1", "2b"], "pn"),
        ("Pn (9. Aufl.)", ["0", "1"], ""),
    ],
)
def test_pn_with_a_small_n_is_perineural_invasion(name: str, cells: list[str], label: str) -> None:
    evidence = find_evidence(cells, (), name)
    assert (evidence.label if evidence else "") == label


@pytest.mark.parametrize(("name", "label"), [("pT 8th ed.", "pt"), ("pt sex", ""), ("OPT", "")])
def test_codes_of_t_need_the_symbol(name: str, label: str) -> None:
    evidence = find_evidence(["1", "2"], (), name)
    assert (evidence.label if evidence else "") == label


@pytest.mark.parametrize("cells", [["0", "1"], ["a", "b"], ["1", "2", "3"], [], ["nein", "ja"]])
def test_ordinary_cells_say_nothing(cells: list[str]) -> None:
    assert find_evidence(cells, (), "x") is None


def test_words_of_outcomes_need_half_of_the_cells() -> None:
    assert find_words(["alive", "dead"]) is not None
    assert find_words(["alive", "left", "right"]) is None


@pytest.mark.parametrize("cell", ["2020-01-02", "02.01.2020", "1/2/20", "2020年1月", "3 Jan 2020"])
def test_dates(cell: str) -> None:
    assert is_date(cell)


@pytest.mark.parametrize("cell", ["8140/3", "12", "1.5", "3/12", "2020"])
def test_no_dates(cell: str) -> None:
    assert not is_date(cell)


def test_ratios() -> None:
    assert is_ratio("2/12")
    assert not is_ratio("8140/3")
