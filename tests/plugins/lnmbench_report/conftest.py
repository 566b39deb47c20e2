"""Sample results, methods and manifests for the sections of the report."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from lnmbench_report.answer import Answer

from lnmbench.records import (
    Card,
    Choice,
    Environment,
    Manifest,
    NetworkMethod,
    Paragraph,
    Preprocessing,
    Protocol,
    Results,
    Table,
    Training,
    Weights,
)
from lnmbench.registry import Registry
from lnmbench.stages.report import compare_methods, target_metrics
from lnmbench.stages.score import LabeledPredictions, score
from lnmbench.testing.sample_results import (
    LOGISTIC,
    MULTI_TASK,
    SINGLE_TASK,
    sample_results,
)


@pytest.fixture(scope="session")
def gain() -> Results:
    """Two networks: the one with the auxiliary task is clearly better."""
    return sample_results([(MULTI_TASK, 3.0), (SINGLE_TASK, 0.2)])


@pytest.fixture
def write_answer() -> Callable[[Results], str]:
    """Return the one line of the answer, which must be two sentences."""

    def write(results: Results) -> str:
        (paragraph,) = Answer()(results)
        assert isinstance(paragraph, Paragraph)
        (line,) = paragraph.lines
        assert len(re.findall(r"[.](?= [A-Z]|$)", line)) == 2, line
        return line

    return write


@pytest.fixture
def column_texts() -> Callable[[Table, str], list[str]]:
    """Return the texts of a column of a table."""

    def read(table: Table, key: str) -> list[str]:
        index = [column.key for column in table.columns].index(key)
        return [row[index].text for row in table.rows]

    return read


@pytest.fixture
def undefined_npv() -> Callable[[Results, int], Results]:
    """Return results in which the first folds of the first method do not define the NPV."""

    def change(results: Results, folds: int) -> Results:
        first, *others = results.method_results
        values = first.scores["npv"].values.copy()
        values.flat[:folds] = np.nan
        scores = {**first.scores, "npv": replace(first.scores["npv"], values=values)}
        method_results = (replace(first, scores=scores), *others)
        return compare_methods(replace(results, method_results=method_results), Registry())

    return change


ENVIRONMENT = Environment(
    lnmbench="0.1.0",
    python="3.12.1",
    packages={"torch": "2.9", "pandas": ""},
    platform="Linux x86_64",
    processor="some",
    cpu_count=4,
    memory_gb=8.0,
    device="cuda (made)",
    threads=2,
    git_commit="0123abcd-dirty",
)


@pytest.fixture(scope="session")
def network() -> NetworkMethod:
    """A network with weights of a file and settings that are not the default."""
    return NetworkMethod(
        label="net",
        encoder=Choice(name="resnet50", parameters={"weights": "/home/someone/kept/w.safetensors"}),
        level="slice",
        weights=Weights(source="file:w.safetensors", sha256="ab" * 32),
        aux=(Choice(name="pt", parameters={"shuffled": 0}),),
        weighting=Choice(name="fixed", parameters={"aux": 0.5}),
        training=Training(max_epochs=7, token_dim=None),
        tune=4,
        plugins={"lnmbench_tnm": "1.2"},
    )


@pytest.fixture(scope="session")
def make_invocation(network: NetworkMethod) -> Callable[..., Manifest]:
    """Return the manifest of an invocation, with some of its fields changed."""

    def make(created: str = "2026-01-02T03:04:05+00:00", **changed: Any) -> Manifest:
        manifest = Manifest(
            created=created,
            options={},
            cohort="table:target=n2",
            cohort_fingerprint="f" * 32,
            card=Card(title="t", license="l", source="s", citation="c", labels="l"),
            preprocessing=Preprocessing(),
            protocol=Protocol(repeats=3),
            methods=(network, LOGISTIC),
            environment=ENVIRONMENT,
        )
        return replace(manifest, **changed)

    return make


@pytest.fixture(scope="session")
def varied(scored: Results) -> Results:
    """The run as if the auxiliary task had changed ranks: noise on what it predicts, rescored."""
    registry, random = Registry(), np.random.default_rng(3)
    outcomes = []
    for outcome in scored.method_results:
        if not outcome.method.aux:
            outcomes.append(outcome)
            continue
        assert outcome.predicted is not None
        noise = random.normal(0.0, 0.05, outcome.predicted.shape)
        again = score(
            outcome.method,
            LabeledPredictions(
                predicted=np.clip(outcome.predicted + noise, 0.0, 1.0),
                truth=scored.truth,
                outer=scored.outer,
            ),
            protocol=scored.protocol,
            metrics={
                name: target_metrics(scored.protocol, registry)[name] for name in ("auc", "ap")
            },
            units_done=outcome.units_all,
            cost=outcome.cost,
        )
        outcomes.append(replace(again, curve=outcome.curve, search=outcome.search))
    return compare_methods(replace(scored, method_results=tuple(outcomes)), registry)
