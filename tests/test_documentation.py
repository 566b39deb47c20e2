"""What README and docs say is so."""

from __future__ import annotations

import ast
import dataclasses
import doctest
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import typer

import lnmbench
from lnmbench.hookspecs import Hooks
from lnmbench.parameters import parameters_of
from lnmbench.registry import Registry
from lnmbench.stages.ingest import IngestSettings

ROOT = Path(__file__).parents[1]
TEXTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
ALL = "\n".join(path.read_text(encoding="utf-8") for path in TEXTS)
REGISTRY = Registry()
OFFERS = [offer for role in REGISTRY.roles for offer in role.offers()]


@pytest.mark.parametrize("hook", [name for name in vars(Hooks) if not name.startswith("_")])
def test_every_hook_is_in_the_docs(hook: str) -> None:
    names = [name for name in inspect.signature(getattr(Hooks, hook)).parameters if name != "self"]
    assert f"{hook}({', '.join(names)})" in ALL


@pytest.mark.parametrize("offer", OFFERS, ids=[f"{o.role.name} {o.name}" for o in OFFERS])
def test_every_offer_and_its_parameters_stand_in_the_docs(offer: object) -> None:
    row = re.compile(rf"^\|[^|]*`{re.escape(offer.name)}`[^|]*\|.*$", flags=re.MULTILINE)
    sections = re.split(r"^##+ ", ALL, flags=re.MULTILINE)
    there = [section for section in sections if row.search(section)]
    assert there, f"no table row for {offer.name}"
    for parameter in parameters_of(offer.factory):
        assert any(f"`{parameter}`" in section for section in there), str(parameter)


def test_every_command_and_option_is_in_the_docs() -> None:
    from lnmbench.cli.app import app

    def walk(command: object, path: str) -> None:
        for name, sub in getattr(command, "commands", {}).items():
            walk(sub, f"{path} {name}")
        if not getattr(command, "commands", {}):
            assert path in ALL, path
        for parameter in command.params:
            for flag in getattr(parameter, "opts", []):
                if flag.startswith("--") and flag != "--help":
                    assert f"`{flag}" in ALL, f"{path} {flag}"

    walk(typer.main.get_command(app), "lnmbench")


def test_every_training_setting_is_in_the_docs() -> None:
    from lnmbench.records import Training

    for parameter in parameters_of(Training):
        assert f"`{parameter}`" in ALL, str(parameter)


def test_links_between_the_docs_lead_somewhere() -> None:
    for path in TEXTS:
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def anchors(text: str) -> set[str]:
    """Return the anchors that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_anchors_of_links_exist() -> None:
    for path in TEXTS:
        text = path.read_text(encoding="utf-8")
        for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", text):
            page = path.parent / target if target else path
            assert anchor in anchors(page.read_text(encoding="utf-8")), f"{target}#{anchor}"


def test_sections_named_in_tripod_are_titles_of_the_report() -> None:
    text = (ROOT / "docs" / "tripod.md").read_text(encoding="utf-8")
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("plugins/lnmbench_report", "lnmbench/stages/report")
        for path in (ROOT / folder).rglob("*.py")
    )
    for title in set(re.findall(r"\*([A-Z][^*|]+)\*", text)):
        assert re.search(rf"[\"']{re.escape(title)}(?=[\"'{{: ])", source), title


def modules() -> list[str]:
    return [
        name
        for _, name, _ in pkgutil.walk_packages(lnmbench.__path__, "lnmbench.")
        if not name.endswith("__main__")
    ]


@pytest.mark.parametrize("name", modules())
def test_examples_in_docstrings_run(name: str) -> None:
    module = importlib.import_module(name)
    assert doctest.testmod(module).failed == 0


def test_the_auxiliary_tasks_of_the_docs_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from lnmbench.cli.app import app

    text = (ROOT / "docs" / "auxiliary_tasks.md").read_text(encoding="utf-8")
    (dictionary,) = re.findall(r"```toml\n(.*?)```", text, flags=re.DOTALL)
    (command,) = re.findall(r"    lnmbench (run --dataset table:(?:.*\\\n)*.*)\n", text)
    words = command.replace("\\\n", " ").split()
    tasks = {task.partition(":")[0] for option, task in pairwise(words) if option == "--aux"}
    assert tasks >= set(re.findall(r"^\| `(\w+)` \| .* \| .* \| .* \|", text, flags=re.MULTILINE))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LNMBENCH_HOME", str(tmp_path / "home"))
    Path("columns.toml").write_text(dictionary, encoding="utf-8")
    random, n = np.random.default_rng(0), 60
    cells = {"id": [f"c{number}" for number in range(n)]}
    for name, column in tomllib.loads(dictionary)["columns"].items():
        drawn = random.integers(1, 50, n).astype(str)
        cells.setdefault(name, random.choice(column.get("categories", drawn), n).tolist())
    rows = [",".join(cells), *(",".join(row) for row in zip(*cells.values(), strict=True))]
    Path("cases.csv").write_text("\n".join(rows), encoding="utf-8")
    small = "--repeats 1 --folds 2 --inner 2 --training max_epochs=1"
    app([*words, *small.split()], standalone_mode=False)
    printed = capsys.readouterr().out
    assert "clinical network + signs:names=spiculation+lobulation" in printed
    assert "fail" not in printed


@pytest.mark.parametrize(
    ("file", "chosen", "label"),
    [
        ("my_aux.py", "--aux axis", "clinical network + axis"),
        ("my_weighting.py", "--weighting agreeing", "clinical network + pt + agreeing"),
        ("my_places.py", "--aux tumor_offset --encoder resnet18:weights=random", "+ tumor_offset"),
    ],
)
def test_the_plugins_of_the_docs_run(
    file: str,
    chosen: str,
    label: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from lnmbench.cli.app import app

    text = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
    (code,) = re.findall(rf"```python\n(# {re.escape(file)}\n.*?)```", text, flags=re.DOTALL)
    assert len(code.splitlines()) < 60
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LNMBENCH_HOME", str(tmp_path / "home"))
    Path(file).write_text(code, encoding="utf-8")
    words = f"run --plugin {file} {chosen} --dataset synthetic:n=24"
    words += " --patch 64" if "--encoder" in chosen else ",images=false --encoder none"
    small = "--repeats 1 --folds 2 --inner 2 --training max_epochs=1"
    app(f"{words} {small}".split(), standalone_mode=False)
    assert label in capsys.readouterr().out


@pytest.mark.parametrize(
    ("file", "role", "name"),
    [
        ("my_coins.py", "dataset", "Coins"),
        ("my_encoder.py", "encoder", "RandomProjection"),
        ("my_sign.py", "comparison", "Sign"),
    ],
)
def test_the_plugins_of_the_docs_keep_their_contracts(file: str, role: str, name: str) -> None:
    from lnmbench.testing import check_contract

    text = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
    (code,) = re.findall(rf"```python\n(# {re.escape(file)}\n.*?)```", text, flags=re.DOTALL)
    scope: dict[str, object] = {}
    exec(code, scope)
    check_contract(role, scope[name]())


def test_the_records_of_the_docs_have_their_fields() -> None:
    from lnmbench import records

    text = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([A-Z]\w+)` \| (.*) \| (.*) \|$", text, flags=re.MULTILINE)
    assert len(rows) > 15
    for record, required, optional in rows:
        fields = dataclasses.fields(getattr(records, record))
        needed = [
            field.name
            for field in fields
            if field.default is field.default_factory is dataclasses.MISSING
        ]
        assert re.findall(r"`(\w+)`", required) == needed, record
        others = [field.name for field in fields if field.name not in needed]
        assert re.findall(r"`(\w+)`", optional) == others, record


def test_the_baselines_of_the_docs_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from lnmbench.cli.app import app

    text = (ROOT / "docs" / "baselines.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("LNMBENCH_HOME", str(tmp_path / "home"))
    for file in ("my_models.py", "my_baseline.py"):
        (code,) = re.findall(rf"```python\n(# {re.escape(file)}\n.*?)```", text, flags=re.DOTALL)
        Path(file).write_text(code, encoding="utf-8")
    (trees,) = re.findall(r"--baseline (sklearn:path=sklearn\S+max_depth\S+)", text)
    (quadratic,) = re.findall(r"--baseline (sklearn:path=my_models\S+)", text)
    words = f"run --only --baseline {trees} --baseline {quadratic} --baseline discriminant"
    small = "--dataset synthetic:n=40,images=false --repeats 1 --folds 2 --inner 2"
    app(f"{words} --plugin my_baseline.py {small}".split(), standalone_mode=False)
    printed = capsys.readouterr()
    assert "discriminant" in printed.out
    assert all(f"{fits} fits in" in printed.err for fits in ("12/12", "8/8"))


def test_the_feature_extractor_of_the_docs_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from lnmbench.cli.app import app
    from lnmbench.store.cohort_file import read_cohort
    from lnmbench.testing import check_contract

    text = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(# my_shell.py\n.*?)```", text, flags=re.DOTALL)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LNMBENCH_HOME", str(tmp_path / "home"))
    Path("my_shell.py").write_text(code, encoding="utf-8")
    (command,) = re.findall(r"lnmbench (data ingest .* --plugin my_shell.py .*)", text)
    app(f"{command.replace('n=6', 'n=2')} --workers 1".split(), standalone_mode=False)
    cohort = read_cohort(Path(capsys.readouterr().out.strip()))
    assert (cohort.values["shell: mean"] < 0).all(), "lung"
    shown: dict[str, type[object]] = {}
    exec(code, shown)
    check_contract("feature extractor", shown["Shell"]())


def test_the_readers_of_the_docs_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from lnmbench.cli.app import app

    text = (ROOT / "docs" / "outside_predictions.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"    lnmbench (run --dataset table:(?:.*\\\n)*.*)\n", text)
    (shown,) = re.findall(r"```csv\n(.*?)```", text, flags=re.DOTALL)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LNMBENCH_HOME", str(tmp_path / "home"))
    header, *rows = shown.splitlines()
    cells = [row.split(",", maxsplit=1)[1] for row in rows]
    Path("readers.csv").write_text(
        "\n".join([header, *(f"P{n:03d},{cells[n % 2]}" for n in range(40))]), encoding="utf-8"
    )
    Path("cohort.csv").write_text(
        "\n".join(["id,age,n2", *(f"P{n:03d},{50 + n},{int(n % 3 == 0)}" for n in range(40))]),
        encoding="utf-8",
    )
    Path("columns.toml").write_text(
        '[columns.id]\nrole = "id"\n[columns.age]\nrole = "feature"\nkind = "continuous"\n'
        '[columns.n2]\nrole = "target"\nkind = "binary"\nlabel = "n2"\ncategories = ["0", "1"]\n'
        '[card]\ntitle = "t"\nlicense = "none"\nsource = "s"\ncitation = "c"\nlabels = "l"\n',
        encoding="utf-8",
    )
    small = "--repeats 1 --folds 2 --inner 2 --training max_epochs=1 --aux none"
    app([*command.replace("\\\n", " ").split(), *small.split()], standalone_mode=False)
    printed = capsys.readouterr().out
    assert "methods that are not trained" in printed
    assert "Agreement between readers" in printed


def test_the_score_of_the_docs_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from lnmbench.cli.app import app

    text = (ROOT / "docs" / "scores.md").read_text(encoding="utf-8")
    (file,) = re.findall(r"```toml\n(.*?)```", text, flags=re.DOTALL)
    (command,) = re.findall(r"    lnmbench (run --dataset synthetic:(?:.*\\\n)*.*)\n", text)
    (rules,) = re.findall(r"    lnmbench run --encoder none (.*guideline.*)\n", text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LNMBENCH_HOME", str(tmp_path / "home"))
    Path("my_score.toml").write_text(file, encoding="utf-8")
    words = command.replace("\\\n", " ").replace("images=False", "images=False,n=60").split()
    small = "--repeats 1 --folds 2 --inner 2 --training max_epochs=1 --aux none --target n1"
    rules = rules.replace("guideline:", "guideline:coverage=partial,")
    app([*words, *rules.split(), *small.split()], standalone_mode=False)
    printed = capsys.readouterr().out
    assert "methods that are not trained" in printed
    assert "A score for this page; predicts pN2 or higher" in printed


def test_the_script_of_the_docs_runs(home: Path) -> None:
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(# compare_trees.py\n.*?)```", text, flags=re.DOTALL)
    shown = re.findall(r"prints\n\n```\n(.*?)```", text, flags=re.DOTALL)[0]
    larger = ("repeats=2", "inner=3", "folds=5", "n=160", "Classifier(50)")
    assert all(setting in code for setting in larger)
    small = code.replace("repeats=2", "repeats=1").replace("inner=3", "inner=2")
    small = small.replace("folds=5", "folds=2").replace("n=160", "n=80").replace("(50)", "(5)")
    Path("compare_trees.py").write_text(small, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "compare_trees.py"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    numbers = re.compile(r"-?\d\.\d+")
    printed, expected = (
        [" ".join(numbers.sub("#", line).split()) for line in lines.splitlines()]
        for lines in (done.stdout, shown)
    )
    assert printed == expected
    assert "trees" in Path("report.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("home")
def test_the_estimate_of_the_docs_runs(capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(# estimate_time.py\n.*?)```", text, flags=re.DOTALL)
    shown = re.findall(r"prints\n\n```\n(.*?)```", text, flags=re.DOTALL)[1]
    exec(compile(code, "estimate_time.py", "exec"), {})
    assert capsys.readouterr().out == shown


def test_the_python_page_names_every_parameter_and_attribute() -> None:
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    parameters = [
        *inspect.signature(lnmbench.run).parameters,
        *inspect.signature(lnmbench.estimator).parameters,
        *(name for name in vars(lnmbench.DryRun) if not name.startswith("_")),
        *IngestSettings.__annotations__,
        *(name for name in vars(lnmbench.RunResults) if not name.startswith("_")),
        *("folder", "record", "RunResults", "FailedMethods", "UserError", "DryRun", "dry_run"),
    ]
    for name in set(parameters) - {"settings"}:
        assert re.search(rf"`[^`\n]*\b{name}\b[^`\n]*`", text), name


def test_the_settings_of_the_python_page_are_those_of_the_command() -> None:
    from lnmbench.config import read_benchmark

    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `--(\w+) ([^`]+)`[^|]*\| `(\w+)=([^`]+)`", text, flags=re.MULTILINE)
    compared = 0
    for option, value, name, written in rows:
        if name not in ("dataset", "sweep", "margin", "modalities"):
            continue
        assert option == name
        from_command = read_benchmark(None, {name: value})
        from_python = read_benchmark(None, {name: ast.literal_eval(written)})
        assert str(getattr(from_command, name)) == str(getattr(from_python, name))
        compared += 1
    assert compared == 4
