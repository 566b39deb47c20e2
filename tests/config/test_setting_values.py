"""Values of settings: texts, tables and objects."""

from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.config import read_benchmark
from lnmbench.estimators import estimator
from lnmbench.records import Choice


def test_feature_extractors_are_texts_or_tables(tmp_path: Path) -> None:
    file = tmp_path / "b.toml"
    file.write_text('extract = ["shell", { name = "radiomics", bins = 32 }]\n', encoding="utf-8")
    shell, radiomics = Choice(name="shell"), Choice(name="radiomics", parameters={"bins": 32})
    assert read_benchmark(file, {}).extract == (shell, radiomics)
    assert read_benchmark(file, {"extract": ("shell",)}).extract == (shell,)
    assert read_benchmark(None, {}).extract == ()


def test_a_sweep_is_a_text_or_a_table_of_one_parameter(tmp_path: Path) -> None:
    file = tmp_path / "sweep.toml"
    file.write_text("sweep = { keep = [0.1, 1, 0.1] }", encoding="utf-8")
    assert str(read_benchmark(file, {}).sweep) == "keep=0.1+1"
    assert str(read_benchmark(None, {"sweep": " keep = 0.1 + 1"}).sweep) == "keep=0.1+1"
    file.write_text("sweep = { keep = [1.0, true] }", encoding="utf-8")
    assert str(read_benchmark(file, {}).sweep) == "keep=1.0+True", "refused by the task, not lost"
    assert read_benchmark(None, {}).sweep is None


def test_margins_are_texts_or_a_table(tmp_path: Path) -> None:
    file = tmp_path / "b.toml"
    file.write_text('margin = { auc = 0.02, "net_benefit:threshold=0.1" = 5e-3 }', encoding="utf-8")
    expected = (("auc", 0.02), ("net_benefit:threshold=0.1", 0.005))
    assert read_benchmark(file, {}).protocol.margins == expected
    texts = ["auc=.02", "net_benefit:threshold=0.1=.005"]
    assert read_benchmark(None, {"margin": texts}).protocol.margins == expected
    assert read_benchmark(None, {}).protocol.margins == ()


def test_tasks_can_be_tables(tmp_path: Path) -> None:
    file = tmp_path / "b.toml"
    file.write_text('aux = [[{ name = "pt", edition = "8" }, "size"], "none"]\n', encoding="utf-8")
    pt = Choice(name="pt", parameters={"edition": "8"})
    assert read_benchmark(file, {}).aux == ((pt, Choice(name="size")), ())
    file.write_text('aux = { name = "pt", edition = "8" }\n', encoding="utf-8")
    assert read_benchmark(file, {}).aux == ((pt,),)


def test_tasks_of_one_method_are_a_list_or_a_tuple() -> None:
    aux = [("pt", "size"), ["pt"], "none"]
    tasks = read_benchmark(None, {"aux": aux}).aux or ()
    assert [[str(task) for task in each] for each in tasks] == [["pt", "size"], ["pt"], []]


def test_an_object_is_a_choice_by_its_name() -> None:
    from sklearn.linear_model import LogisticRegression

    passed = estimator("mine", LogisticRegression())
    mixed = read_benchmark(None, {"baseline": ["logistic", passed]}).baseline
    assert [str(choice) for choice in mixed or ()] == ["logistic", "mine"]
    assert read_benchmark(None, {"baseline": passed}).baseline == (Choice(name="mine"),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dataset = 3", "wrong value for dataset.*expected a name, name:key=value, or a table"),
        ("encoder = 3", "wrong value for encoder.*expected a name, or a list of names, got 3"),
        ("weighting = []", "wrong value for weighting.*expected at least one name"),
        ('encoder = "resnet50:"', "malformed choice"),
        ('sweep = "keep"', "wrong value for sweep.*expected PARAMETER=VALUE\\+VALUE"),
        ('sweep = "keep=.1++1"', "wrong value for sweep.*expected PARAMETER=VALUE"),
        ("sweep = { keep = [], weight = 1 }", "wrong value for sweep.*one parameter"),
        ("sweep = 3", "wrong value for sweep"),
        ('margin = "auc"', "wrong value for margin.*expected NAME=VALUE with a positive number"),
        (
            'margin = "auc=0"',
            "wrong value for margin.*a positive number.* got .auc=0'",
        ),
        ('margin = ["auc=-.1"]', "wrong value for margin.*a positive number"),
        ('margin = "auc=.02,ap=.03"', "one NAME=VALUE.*repeat --margin.*got 'auc=.02,ap=.03'"),
        ('margin = "auc=.02 ap=.03"', "one NAME=VALUE.*repeat --margin"),
        ('margin = "=.1"', "malformed choice.*got ''"),
        ("margin = { auc = inf }", "wrong value for margin.*a positive number"),
        ("margin = { auc = true }", "wrong value for margin.*a positive number"),
        ("margin = 0.02", "wrong value for margin.*expected NAME=VALUE"),
        ("window = [nan, 400]", "a lower and a higher HU"),
        ("window = [400, -1000]", "wrong value for window.*a lower and a higher HU"),
    ],
)
def test_a_wrong_value_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "b.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=message) as refused:
        read_benchmark(file, {})
    assert "\n" not in str(refused.value)
