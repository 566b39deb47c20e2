"""The source of an encoder's weights."""

from __future__ import annotations

from lnmbench.records import Weights


def test_a_parameter_is_the_file_of_the_weights_in_any_folder() -> None:
    weights = Weights(source="file:w.pt")
    assert weights.file == "w.pt"
    assert all(map(weights.is_file, ["w.pt", "/data/w.pt", r"C:\data\w.pt"]))
    assert not any(map(weights.is_file, ["/data/new.pt", "w.pt/other", 3]))


def test_weights_of_no_file_have_no_path() -> None:
    weights = Weights(source="random:0")
    assert weights.file == ""
    assert not weights.is_file("")
