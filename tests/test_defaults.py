from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import lnmbench
from lnmbench import choices
from lnmbench.config import Benchmark
from lnmbench.defaults import DEFAULTS
from lnmbench.records import Protocol
from lnmbench.registry import Registry

REGISTRY = Registry()
CORE = Path(lnmbench.__file__).parent
OTHER_MEANINGS = {
    "constant": "a constant learning rate or imputed value; the auxiliary task is not named",
    "random": "random weights; the auxiliary task is not named",
    "column": "the noun of tables, in messages and in records",
    "size": "the number of bytes or cells, in messages and in records",
    "none": "the word for no encoder, no auxiliary task, no augmentation and no trained stage",
    "schedule": "the training setting: the course of the learning rates",
    "table": "a block of the report, and an output format",
    "predictions": "a group of sections of the report, and what methods return",
    "score": "a prediction of a method that only orders the cases, in messages",
    "rotation": "an augmentation",
    "segment": "an element of DICOM segmentations",
    "shape": "the attribute of arrays",
    "volume": "the level of an encoder, and the images of a case",
}
"""Names of plugins that the core uses for something else."""

TESTING = "the contract checks use a sample cohort with the label pt and a pair compared by auc"
LEXICON = "the label of pathological T stages in a dictionary is that of the task"
EXCEPTIONS = {"testing": TESTING, "testing.py": TESTING, "lexicon": LEXICON}


def test_every_default_is_offered_and_can_be_built() -> None:
    REGISTRY.targets.build(choices.parse(DEFAULTS.target))
    REGISTRY.weightings.build(choices.parse(DEFAULTS.weighting))
    REGISTRY.baselines.build(choices.parse(DEFAULTS.baseline))
    REGISTRY.executors.build(choices.parse(DEFAULTS.executor)).shutdown()
    REGISTRY.report_readers.build(choices.parse(DEFAULTS.report_reader))
    for task in choices.parse_all(DEFAULTS.aux):
        REGISTRY.aux_tasks.build(task)
    for name in DEFAULTS.primary:
        assert "binary" in REGISTRY.metrics.build(choices.parse(name)).kinds
    # an encoder may download weights and a data set may be large: their parameters suffice
    assert REGISTRY.encoders.bind(choices.parse(DEFAULTS.encoder)).parameters
    assert REGISTRY.datasets.bind(choices.parse(DEFAULTS.dataset)).parameters


def test_a_benchmark_without_options_has_the_default_protocol() -> None:
    benchmark = Benchmark()
    assert str(benchmark.dataset) == DEFAULTS.dataset
    assert benchmark.protocol == Protocol()
    assert (Protocol().repeats, Protocol().folds, Protocol().inner) == (10, 10, 5)
    assert str(DEFAULTS.quick) == "2 repeats × 5 folds × 3 inner folds"


def literals(module: Path) -> Iterator[tuple[int, str]]:
    """The strings of a module that are neither docstrings nor exported names."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    ignored = {
        id(node)
        for statement in ast.walk(tree)
        if isinstance(statement, ast.Expr)
        or (
            isinstance(statement, ast.Assign)
            and isinstance(statement.targets[0], ast.Name)
            and statement.targets[0].id == "__all__"
        )
        for node in ast.walk(statement.value)
        if isinstance(statement.value, ast.Constant | ast.List)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in ignored
        ):
            yield node.lineno, node.value


@pytest.fixture(scope="module")
def names() -> set[str]:
    """The names that users can choose plugins by; the report's sections are not chosen."""
    roles = [role for role in REGISTRY.roles if role is not REGISTRY.sections]
    return {offer.name for role in roles for offer in role.offers()} - {*OTHER_MEANINGS}


def test_the_core_names_no_plugin(names: set[str]) -> None:
    modules = [
        path for path in CORE.rglob("*.py") if path.relative_to(CORE).parts[0] not in EXCEPTIONS
    ]
    assert len(modules) > 100
    named = [
        f"{module.relative_to(CORE)}:{line} {text!r}"
        for module in modules
        for line, text in literals(module)
        if text.partition(":")[0] in names
    ]
    assert named == []
