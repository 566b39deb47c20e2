"""Benchmark files and the options that override them."""

from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.config import read_benchmark
from lnmbench.records import Choice


def test_a_file_and_options_make_the_same_benchmark(tmp_path: Path) -> None:
    file = tmp_path / "b.toml"
    file.write_text(
        'target = "n1"\naux = ["pt", "none"]\nfolds = 5\ncontrols = 19\n'
        'encoder = { name = "resnet18", weights = "random" }\n'
        "[training]\nlearning_rate = 0.003\n",
        encoding="utf-8",
    )
    from_file = read_benchmark(file, {})
    from_options = read_benchmark(
        None,
        {
            "target": "n1",
            "aux": ("pt", "none"),
            "controls": 19,
            "folds": 5,
            "encoder": ("resnet18:weights=random",),
            "training": {"learning_rate": "3e-3"},
        },
    )
    assert from_file == from_options
    assert from_file.aux == ((Choice(name="pt"),), ())
    assert from_file.training.learning_rate == 0.003


def test_options_stand_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "b.toml"
    file.write_text("folds = 5\nrepeats = 3\n", encoding="utf-8")
    benchmark = read_benchmark(file, {"folds": 7, "seed": None})
    assert (benchmark.folds, benchmark.repeats, benchmark.seed) == (7, 3, 0)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such benchmark file"):
        read_benchmark(tmp_path / "none.toml", {})


@pytest.mark.parametrize("name", ["hu2023", "quickstart"])
def test_the_experiments_that_ship_can_be_read(name: str) -> None:
    folder = Path(__file__).parents[2] / "benchmarks"
    benchmark = read_benchmark(folder / f"{name}.toml", {})
    assert (benchmark.repeats, benchmark.folds, benchmark.inner) == (10, 10, 5)
    literal = benchmark.training.token_dim is None
    assert literal == (name == "hu2023"), "the paper's transformer is as wide as its encoder"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fold = 5", "unknown setting 'fold' .*did you mean folds"),
        ("folds = 1", "wrong value for folds .*greater than or equal to 2"),
        ('folds = "many"', "wrong value for folds.*expected a valid integer, got 'many'"),
        ("folds = [", "is not valid TOML .line 1."),
    ],
)
def test_what_is_wrong_in_a_file_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "b.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=message) as refused:
        read_benchmark(file, {})
    assert "\n" not in str(refused.value)


def test_a_malformed_choice_names_its_setting() -> None:
    for setting in ("extract", "encoder", "aux", "primary"):
        with pytest.raises(UserError, match=f"wrong value for {setting}: malformed choice.*got ''"):
            read_benchmark(None, {setting: ""})  # type: ignore[misc]
