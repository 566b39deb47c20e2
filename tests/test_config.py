from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.config import Benchmark, BenchmarkOptions, read_benchmark
from lnmbench.estimators import estimator
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


def test_feature_extractors_are_texts_or_tables(tmp_path: Path) -> None:
    file = tmp_path / "b.toml"
    file.write_text('extract = ["shell", { name = "radiomics", bins = 32 }]\n', encoding="utf-8")
    shell, radiomics = Choice(name="shell"), Choice(name="radiomics", parameters={"bins": 32})
    assert read_benchmark(file, {}).extract == (shell, radiomics)
    assert read_benchmark(file, {"extract": ("shell",)}).extract == (shell,)
    assert read_benchmark(None, {}).extract == ()


@pytest.mark.parametrize("count", [-1, 1000, "many"])
def test_a_wrong_number_of_controls_is_refused(count: object) -> None:
    with pytest.raises(UserError, match="wrong value for controls"):
        read_benchmark(None, {"controls": count})  # type: ignore[typeddict-item]


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


def test_options_stand_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "b.toml"
    file.write_text("folds = 5\nrepeats = 3\n", encoding="utf-8")
    benchmark = read_benchmark(file, {"folds": 7, "seed": None})
    assert (benchmark.folds, benchmark.repeats, benchmark.seed) == (7, 3, 0)


def test_tasks_can_be_tables(tmp_path: Path) -> None:
    file = tmp_path / "b.toml"
    file.write_text('aux = [[{ name = "pt", edition = "8" }, "size"], "none"]\n', encoding="utf-8")
    pt = Choice(name="pt", parameters={"edition": "8"})
    assert read_benchmark(file, {}).aux == ((pt, Choice(name="size")), ())
    file.write_text('aux = { name = "pt", edition = "8" }\n', encoding="utf-8")
    assert read_benchmark(file, {}).aux == ((pt,),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fold = 5", "unknown setting 'fold' .*did you mean folds"),
        ("folds = 1", "wrong value for folds .*greater than or equal to 2"),
        ('folds = "many"', "wrong value for folds.*expected a valid integer, got 'many'"),
        ("dataset = 3", "wrong value for dataset.*expected a name, name:key=value, or a table"),
        ("encoder = 3", "wrong value for encoder.*expected a name, or a list of names, got 3"),
        ("weighting = []", "wrong value for weighting.*expected at least one name"),
        ("folds = [", "is not valid TOML .line 1."),
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
        (
            "[training]\nlearning_rat = 1",
            "unknown parameter 'learning_rat'.*did you mean learning_rate",
        ),
        ("[training]\nlearning_rate = 0", "learning_rate.*expected a positive number"),
        ("[training]\ndropout = 1.0", "dropout.*expected below 1"),
        ("[training]\nlayers = 1000000000", "layers.*expected at most 256, got 1000000000"),
        ("[training]\nmax_epochs = 99999999999", "max_epochs.*expected at most 1000000"),
        ("[training]\nlayers = -1", "layers.*expected zero or a positive number"),
        (
            '[training]\npooling = "transformer"',
            "pooling=transformer.*expected layers of 1 or more",
        ),
        (
            '[training]\nsearch_pooling = "max+transformer"',
            "search_pooling=transformer.*expected layers of 1 or more",
        ),
        (
            '[training]\nsearch_pooling = "max+median"',
            "setting search_pooling: expected none, or some of mean, .*got median",
        ),
        (
            'tune = 2\n[training]\nsearch_pooling = "max+attention"',
            "--tune 2 cannot try the 3 poolings mean, max, attention: expected --tune 3 or more",
        ),
        (
            "[training]\nsearch_epochs = 9\nmax_epochs = 9",
            r"search_epochs: expected none, or below max_epochs .9., got 9",
        ),
        ("[training]\nsearch_epochs = 0", "search_epochs: expected a positive number"),
        ('[training]\npooling = "median"', "wrong value for pooling.*mean | max | attention"),
        ("[training]\nwarmup_epochs = 9\nmax_epochs = 9", r"warmup_epochs.*below max_epochs .9"),
        ("[training]\nlayers = 2\ntoken_dim = 30", "token_dim.*a multiple of heads"),
        ("[training]\nmax_epochs = 1.5", "wrong value for max_epochs"),
    ],
)
def test_what_is_wrong_in_a_file_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "b.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=message) as refused:
        read_benchmark(file, {})
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such benchmark file"):
        read_benchmark(tmp_path / "none.toml", {})


@pytest.mark.parametrize("name", ["hu2023", "quickstart"])
def test_the_experiments_that_ship_can_be_read(name: str) -> None:
    folder = Path(__file__).parents[1] / "benchmarks"
    benchmark = read_benchmark(folder / f"{name}.toml", {})
    assert (benchmark.repeats, benchmark.folds, benchmark.inner) == (10, 10, 5)
    literal = benchmark.training.token_dim is None
    assert literal == (name == "hu2023"), "the paper's transformer is as wide as its encoder"


def test_an_object_is_a_choice_by_its_name() -> None:
    from sklearn.linear_model import LogisticRegression

    passed = estimator("mine", LogisticRegression())
    mixed = read_benchmark(None, {"baseline": ["logistic", passed]}).baseline
    assert [str(choice) for choice in mixed or ()] == ["logistic", "mine"]
    assert read_benchmark(None, {"baseline": passed}).baseline == (Choice(name="mine"),)


def test_tasks_of_one_method_are_a_list_or_a_tuple() -> None:
    aux = [("pt", "size"), ["pt"], "none"]
    tasks = read_benchmark(None, {"aux": aux}).aux or ()
    assert [[str(task) for task in each] for each in tasks] == [["pt", "size"], ["pt"], []]


def test_options_are_the_settings_of_a_benchmark_file() -> None:
    assert set(BenchmarkOptions.__annotations__) == set(Benchmark.model_fields)
