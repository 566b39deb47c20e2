"""T and N classes: spellings of registries and hospitals, and cells that are none."""

from __future__ import annotations

import pytest

from lnmbench.lexicon.tnm_class import read_n_class, read_t_class

N_CELLS = {
    "pN0": ("p", "N0", ""),
    "N0 (I-)": ("", "N0", "(i-)"),
    "N0 (I+)": ("", "N0", "(i+)"),
    "N0 (mol+)": ("", "N0", "(mol+)"),
    "pN0(i-)(sn)": ("p", "N0", "(i-)(sn)"),
    "N1MI": ("", "N1", "mi"),
    "pN1(mi)": ("p", "N1", "(mi)"),
    "N1bIII": ("", "N1", "biii"),
    "pN1a (2/17)": ("p", "N1", "a (2/17)"),
    "PN2": ("p", "N2", ""),
    " p N2 ": ("p", "N2", ""),
    "ｐＮ３": ("p", "N3", ""),
    "pNx": ("p", "", ""),
    "ypN1": ("yp", "N1", ""),
    "cN2": ("c", "N2", ""),
}
T_CELLS = {
    "pT2": ("p", "T2", ""),
    "PT2": ("p", "T2", ""),
    "T4D": ("", "T4d", ""),
    "T1b1": ("", "T1b", "1"),
    "pTis": ("p", "Tis", ""),
    "Tis (DCIS)": ("", "Tis", "(dcis)"),
    "pT1a(2)": ("p", "T1a", "(2)"),
    "T1mi": ("", "T1mi", ""),
    "pTx": ("p", "", ""),
    "Ta": ("", "Ta", ""),
    "ycT3": ("yc", "T3", ""),
}


@pytest.mark.parametrize("cell", N_CELLS)
def test_n_classes(cell: str) -> None:
    node = read_n_class(cell)
    assert node is not None
    assert (node.prefix, node.category, node.rest) == N_CELLS[cell]
    assert node.is_after_therapy == ("y" in cell)
    assert node.is_clinical == (cell[0] == "c")


@pytest.mark.parametrize("cell", T_CELLS)
def test_t_classes(cell: str) -> None:
    tumor = read_t_class(cell)
    assert tumor is not None
    assert (tumor.prefix, tumor.category, tumor.rest) == T_CELLS[cell]


@pytest.mark.parametrize("cell", ["", "0", "N", "N4", "M0", "N1-2", "N1 N2", "no", "N0 (foo)"])
def test_cells_that_are_no_n_class(cell: str) -> None:
    assert read_n_class(cell) is None


@pytest.mark.parametrize("cell", ["", "2", "T", "T5", "T2N0", "STAGE I", "T2 or T3", "T1e"])
def test_cells_that_are_no_t_class(cell: str) -> None:
    assert read_t_class(cell) is None
