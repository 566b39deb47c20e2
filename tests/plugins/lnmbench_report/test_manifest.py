"""The manifest of a run in the report."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from lnmbench_report.manifest import RunManifest

from lnmbench.records import (
    BaselineMethod,
    Choice,
    EncoderGrid,
    Environment,
    Manifest,
    Method,
    MethodResult,
    NetworkMethod,
    Paragraph,
    Preprocessing,
    Profile,
    Protocol,
    Results,
    Table,
)
from lnmbench.rendering import render
from lnmbench.testing.sample_results import LOGISTIC, empty_results

MakeInvocation = Callable[..., Manifest]
UNKNOWN = Environment(
    lnmbench="",
    python="",
    packages={},
    platform="",
    processor="",
    cpu_count=0,
    memory_gb=0.0,
    device="",
    threads=0,
)
MakeResults = Callable[..., Results]


@pytest.fixture
def make_results(network: NetworkMethod) -> MakeResults:
    """Return results of invocations of a network and logistic regression, or of other methods."""

    def make(*invocations: Manifest, methods: Sequence[Method] = (network, LOGISTIC)) -> Results:
        return replace(
            empty_results(),
            cohort="table:target=n2",
            protocol=Protocol(repeats=3),
            method_results=tuple(
                MethodResult(method=method, units_done=0, units_all=30) for method in methods
            ),
            preprocessing=Preprocessing(spacing_mm=(0.7, 0.7, 5.0)),
            invocations=invocations,
        )

    return make


def make_blocks(results: Results) -> tuple[Paragraph, Table]:
    run, methods = RunManifest()(results)
    assert isinstance(run, Paragraph)
    assert isinstance(methods, Table)
    return run, methods


def read_facts(results: Results) -> dict[str, str]:
    lines = [line.partition(": ") for line in make_blocks(results)[0].lines]
    return {subject: text for subject, _, text in lines}


def test_what_the_command_cannot_ask_for_is_said(
    make_invocation: MakeInvocation, make_results: MakeResults
) -> None:
    notes = " ".join(make_blocks(make_results(make_invocation()))[0].lines)
    for what in ("each of its parameters", "--plugin", "--pseudonymize"):
        assert what in notes


def test_an_object_from_python_is_described_and_in_no_command(
    make_invocation: MakeInvocation, make_results: MakeResults
) -> None:
    passed = replace(
        LOGISTIC, label="mine", baseline=Choice(name="mine"), estimator="my_models.Mine(depth=3)"
    )
    methods = (LOGISTIC, passed)
    facts = read_facts(make_results(make_invocation(methods=methods), methods=methods))
    assert "--baseline logistic" in facts["Command"]
    assert "mine" not in facts["Command"]
    assert facts["Object from Python"] == "mine = my_models.Mine(depth=3)"
    run, table = make_blocks(make_results(make_invocation(methods=(passed,)), methods=(passed,)))
    assert "Command: none, since each method is an object that was passed from Python" in run.lines
    assert any("call lnmbench.run with an equal object" in line for line in run.lines)
    assert table.rows[0][1].text == "baseline mine; object from Python my_models.Mine(depth=3)"
    assert "Object from Python" not in read_facts(make_results(make_invocation()))


def test_a_real_run_is_described_without_places_or_people(
    scored: Results, run_folder: Path
) -> None:
    text = render([*RunManifest()(scored)], "json")
    home = os.environ.get("HOME", "")
    secret = [
        str(run_folder.parent),
        str(run_folder.parent.parent),
        *([home + "/"] if home else []),
    ]
    assert not [path for path in secret if path in text]
    facts = read_facts(scored)
    assert facts["Cohort"].endswith(scored.fingerprint)
    assert facts["Threads"].isdigit()
    assert facts["Python"]
    assert "torch " in facts["Packages"]
    assert "Images" not in facts, "no method saw an image"


@pytest.mark.parametrize(
    "place", ["/home/someone/kept/", "someone/", "someone/kept/", "someone\\kept\\"]
)
def test_files_are_named_without_their_folders(
    place: str, make_invocation: MakeInvocation, make_results: MakeResults, network: NetworkMethod
) -> None:
    encoder = Choice(name="resnet50", parameters={"weights": f"{place}w.safetensors"})
    task = Choice(name="mine", parameters={"table": f"{place}t.csv"})
    moved = replace(network, encoder=encoder, aux=(task,))
    results = make_results(make_invocation(methods=(moved,)), methods=(moved,))
    text = render([*RunManifest()(results)], "json")
    assert "someone" not in text
    assert "mine:table=t.csv" in text
    assert "weights=w.safetensors" in text


def test_methods_have_all_that_changes_their_numbers(
    make_invocation: MakeInvocation, make_results: MakeResults, network: NetworkMethod
) -> None:
    _, methods = make_blocks(make_results(make_invocation()))
    (settings, logistic) = (row[1].text for row in methods.rows)
    for part in (
        f"SHA-256 {'ab' * 32}",
        "window −1000 to 400 HU",
        "aux pt:shuffled=0",
        "weighting fixed:aux=0.5",
        "training token_dim=none, max_epochs=7;",
        "hyperparameter search over 4 settings",
    ):
        assert part in settings
    assert logistic == "baseline logistic"
    assert [row[2].text for row in methods.rows] == [network.fingerprint, LOGISTIC.fingerprint]
    assert methods.methods == ((network.fingerprint,), (LOGISTIC.fingerprint,))
    assert "max_epochs=30" in methods.notes[0]


def test_images_and_another_window_are_described(
    make_invocation: MakeInvocation, make_results: MakeResults, network: NetworkMethod
) -> None:
    narrow = make_results(make_invocation(), methods=(replace(network, window_hu=(-160.0, 240.0)),))
    assert read_facts(narrow)["Images"].startswith("0.7 × 0.7 × 5 mm, patches of 224 × 224")
    assert any("window" in line for line in make_blocks(narrow)[0].lines)
    assert not any(
        "window" in line for line in make_blocks(make_results(make_invocation()))[0].lines
    )


def test_several_invocations_are_described_once_where_they_agree(
    make_invocation: MakeInvocation, make_results: MakeResults
) -> None:
    first = make_invocation().environment
    assert first is not None
    environment = replace(first, python="3.13.0")
    later = make_invocation("2026-02-03T04:05:06+00:00", environment=environment)
    both = read_facts(make_results(make_invocation(), later))
    assert both["Python"] == "3.12.1; 3.13.0"
    assert both["lnmbench"] == "0.1.0"
    assert both["Time"] == "2026-01-02 03:04 UTC to 2026-02-03 04:05 UTC, 2 invocations"
    assert both["Packages"] == "torch 2.9", "pandas was not there"
    assert both["Plugins"] == "lnmbench_tnm 1.2"
    lines = make_blocks(make_results(make_invocation(), later))[0].lines
    assert len([line for line in lines if line.startswith("Command: ")]) == 1


@pytest.mark.parametrize("environment", [None, UNKNOWN])
def test_what_is_not_known_is_left_out(
    environment: object, make_invocation: MakeInvocation, make_results: MakeResults
) -> None:
    assert "Python" not in read_facts(make_results(make_invocation(environment=environment)))
    bare = read_facts(make_results())
    assert bare["Seed"] == "0"
    assert "Command" not in bare


def test_the_grid_of_an_encoder_is_stated(
    make_results: MakeResults, network: NetworkMethod
) -> None:
    grid = EncoderGrid(spacing_mm=(1, 1, 3), size=(64, 64, 24), window_hu=(-1024, 2048))
    own = replace(network, grid=grid)
    pooled = BaselineMethod(label="pooled", baseline=Choice(name="pooled"), network=own)
    for method in (own, pooled):
        facts = read_facts(make_results(methods=(method,)))
        assert facts["Grids"].endswith(
            "64 × 64 × 24 voxels of 1 × 1 × 3 mm, SPL, −1024 to 2048 HU as −1 to 1"
        )
    assert "Grids" not in read_facts(make_results())


def test_features_of_a_file_in_a_cohort_of_tables_are_no_images(
    make_results: MakeResults, network: NetworkMethod
) -> None:
    results = make_results(methods=(network,))
    assert "Images" in read_facts(results)
    tables = replace(results, profile=Profile(variables=(), near_duplicates=None))
    assert "Images" not in read_facts(tables)
    with_images = replace(results, profile=Profile(variables=(), near_duplicates=()))
    assert "Images" in read_facts(with_images)
