"""The report's tables of what was run, and the command that runs it again."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from lnmbench_report.asked import command
from lnmbench_report.tables.manifest import Passport

from lnmbench.choices import parse_all, parse_parameters
from lnmbench.cli.cohort_options import CohortOptions
from lnmbench.config import read_benchmark
from lnmbench.records import (
    BaselineMethod,
    Card,
    Choice,
    Method,
    MethodResult,
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
from lnmbench.rendering import render
from lnmbench.stages.plan import resolve

CARD = Card(title="made", license="none", source="here", citation="none", labels="made")
ENCODER = Choice(name="resnet50", parameters={"weights": "/home/someone/kept/w.safetensors"})
NETWORK = NetworkMethod(
    label="net",
    encoder=ENCODER,
    level="slice",
    weights=Weights(source="file:w.safetensors", sha256="ab" * 32),
    aux=(Choice(name="pt", parameters={"shuffled": 0}),),
    weighting=Choice(name="fixed", parameters={"aux": 0.5}),
    training=Training(max_epochs=7, token_dim=None),
    tune=4,
    plugins={"lnmbench_tnm": "1.2"},
)
LOGISTIC = BaselineMethod(label="logistic", baseline=Choice(name="logistic"))
ENVIRONMENT = {
    "lnmbench": "0.1.0",
    "python": "3.12.1",
    "packages": {"torch": "2.9", "pandas": ""},
    "platform": "Linux x86_64",
    "processor": "some",
    "cpu_count": 4,
    "memory_gb": 8.0,
    "device": "cuda (made)",
    "threads": 2,
    "git_commit": "0123abcd-dirty",
}


def invocation(created: str = "2026-01-02T03:04:05+00:00", **changed: object) -> Mapping[str, Any]:
    return {
        "created": created,
        "options": {},
        "cohort": "table:target=n2",
        "protocol": asdict(Protocol(repeats=3)),
        "methods": [asdict(NETWORK), asdict(LOGISTIC)],
        "environment": ENVIRONMENT,
        **changed,
    }


def results(*invocations: Mapping[str, Any], methods: tuple[Method, ...] = ()) -> Results:
    return Results(
        cohort="table:target=n2",
        card=CARD,
        fingerprint="f" * 32,
        protocol=Protocol(repeats=3),
        n=10,
        positives=5,
        method_results=tuple(
            MethodResult(method=method, units_done=0, units_all=30)
            for method in methods or (NETWORK, LOGISTIC)
        ),
        compared=(),
        metrics=(),
        metric_titles={},
        comparison_titles={},
        comparison_roles={},
        primary="",
        preprocessing=Preprocessing(spacing_mm=(0.7, 0.7, 5.0)),
        invocations=invocations,
    )


def made(of: Results) -> tuple[Paragraph, Table]:
    run, methods = Passport()(of)
    assert isinstance(run, Paragraph)
    assert isinstance(methods, Table)
    return run, methods


def facts(of: Results) -> dict[str, str]:
    lines = [line.partition(": ") for line in made(of)[0].lines]
    return {what: text for what, _, text in lines}


def options(text: str) -> dict[str, Any]:
    """A command's options as `lnmbench run` hands them to `read_benchmark`."""
    words = shlex.split(text)
    assert words[:2] == ["lnmbench", "run"]
    assert words[-1] == "--only"
    given: dict[str, Any] = {"only": True}
    several = ("encoder", "aux", "baseline", "primary")
    for option, value in zip(words[2:-1:2], words[3:-1:2], strict=True):
        name = option.removeprefix("--")
        if name in several:
            given[name] = (*given.get(name, ()), value)
        else:
            assert name not in given
            given[name] = parse_parameters(value) if name == "training" else value
    return given


def test_the_command_asks_for_the_same_methods_on_the_same_folds(
    scored: Results, run_folder: Path
) -> None:
    benchmark = read_benchmark(None, options(command(scored.invocations[0])))
    (cohort,) = run_folder.parent.joinpath("home").rglob("*.h5")
    again = resolve(benchmark, Registry(), lambda: cohort)
    assert {resolved.method.fingerprint for resolved in again.methods} == {
        outcome.method.fingerprint for outcome in scored.method_results
    }
    assert again.plan.protocol == scored.protocol
    assert scored.outer is not None
    assert (again.plan.splits.outer == scored.outer).all()


@pytest.mark.parametrize(
    "aux",
    ["pt+pt:shuffled=1", "pt:shuffled=1+pt:shuffled=2", "pt:edition=8+pt:edition=8,shuffled=1"],
)
def test_the_command_asks_for_the_same_several_tasks(
    scored: Results, run_folder: Path, aux: str
) -> None:
    (cohort,) = run_folder.parent.joinpath("home").rglob("*.h5")

    def methods(options: Mapping[str, Any]) -> tuple[Method, ...]:
        few = {"dataset": scored.cohort, "repeats": 2, "folds": 4, "inner": 2}
        benchmark = read_benchmark(None, {**options, **few})
        resolved = resolve(benchmark, Registry(), lambda: cohort)
        return tuple(each.method for each in resolved.methods)

    (once,) = methods({"encoder": "none", "aux": (aux,), "only": True})
    assert len(once.aux) == 2
    (again,) = methods(options(command(invocation(methods=[asdict(once)]))))
    assert again.fingerprint == once.fingerprint


def test_a_plus_in_the_value_of_a_task_does_not_end_it_in_the_command() -> None:
    aux = (
        Choice(name="size", parameters={"kinds": "a+b", "mean": False, "shuffled": 0}),
        Choice(name="pt", parameters={"shuffled": 1}),
    )
    told = options(command(invocation(methods=[asdict(replace(NETWORK, aux=aux))])))
    assert [str(choice) for choice in parse_all(told["aux"][0])] == list(map(str, aux))


def test_the_command_has_how_images_were_brought_to_patches() -> None:
    how = Preprocessing(spacing_mm=(1.0, 0.75, 3.0), patch=96)
    told = options(command(invocation(preprocessing=asdict(how))))
    cohort = CohortOptions(spacing=told["spacing"], patch=int(told["patch"]))
    assert cohort.to_ingest_options().preprocessing == how
    usual = options(command(invocation(preprocessing=asdict(Preprocessing()))))
    assert not {"spacing", "patch"} & set(usual)


def test_what_the_command_cannot_ask_for_is_said() -> None:
    notes = " ".join(made(results(invocation()))[0].lines)
    for what in ("not empty", "--plugin", "--pseudonymize"):
        assert what in notes


def test_a_real_run_is_described_without_places_or_people(
    scored: Results, run_folder: Path
) -> None:
    text = render([*Passport()(scored)], "json")
    home = os.environ.get("HOME", "")
    secret = [
        str(run_folder.parent),
        str(run_folder.parent.parent),
        *([home + "/"] if home else []),
    ]
    assert not [one for one in secret if one in text]
    told = facts(scored)
    assert told["Cohort"].endswith(scored.fingerprint)
    assert told["Threads"].isdigit()
    assert told["Python"]
    assert "torch " in told["Packages"]
    assert "Images" not in told, "no method saw an image"


@pytest.mark.parametrize(
    "place", ["/home/someone/kept/", "someone/", "someone/kept/", "someone\\kept\\"]
)
def test_files_are_named_without_their_folders(place: str) -> None:
    encoder = Choice(name="resnet50", parameters={"weights": f"{place}w.safetensors"})
    task = Choice(name="mine", parameters={"table": f"{place}t.csv"})
    network = replace(NETWORK, encoder=encoder, aux=(task,))
    of = results(invocation(methods=[asdict(network)]), methods=(network,))
    text = render([*Passport()(of)], "json")
    assert "someone" not in text
    assert "mine:table=t.csv" in text
    assert "weights=w.safetensors" in text


def test_the_command_has_what_differs_from_the_default() -> None:
    assert options(command(invocation())) == {
        "only": True,
        "dataset": "table:target=n2",
        "target": "n2",
        "encoder": ("resnet50:weights=w.safetensors",),
        "aux": ("pt:shuffled=0",),
        "weighting": "fixed:aux=0.5",
        "baseline": ("logistic",),
        "repeats": "3",
        "folds": "10",
        "inner": "5",
        "seed": "0",
        "training": {"token_dim": "none", "max_epochs": "7"},
        "tune": "4",
    }
    declared = invocation(protocol=asdict(Protocol(primary=("ap", "brier"))))
    assert options(command(declared))["primary"] == ("ap", "brier")


def test_the_command_quotes_what_a_shell_would_read() -> None:
    text = command(invocation(cohort="table:note=$(rm -rf x); 'y'"))
    assert options(text)["dataset"] == "table:note=$(rm -rf x); 'y'"


def test_methods_have_all_that_changes_their_numbers() -> None:
    _, methods = made(results(invocation()))
    (network, logistic) = (row[1].text for row in methods.rows)
    for part in (
        f"SHA-256 {'ab' * 32}",
        "window −1000 to 400 HU",
        "aux pt:shuffled=0",
        "weighting fixed:aux=0.5",
        "training token_dim=none, max_epochs=7;",
        "tuned among 4",
    ):
        assert part in network
    assert logistic == "baseline logistic"
    assert [row[2].text for row in methods.rows] == [NETWORK.fingerprint, LOGISTIC.fingerprint]
    assert methods.methods == ((NETWORK.fingerprint,), (LOGISTIC.fingerprint,))
    assert "max_epochs=40" in methods.notes[0]


def test_images_and_a_window_of_its_own_are_told() -> None:
    narrow = results(invocation(), methods=(replace(NETWORK, window_hu=(-160.0, 240.0)),))
    assert facts(narrow)["Images"].startswith("0.7 × 0.7 × 5 mm, patches of 224 × 224")
    assert any("window" in line for line in made(narrow)[0].lines)
    assert not any("window" in line for line in made(results(invocation()))[0].lines)


def test_several_invocations_are_told_once_where_they_agree() -> None:
    later = invocation("2026-02-03T04:05:06+00:00", environment={**ENVIRONMENT, "python": "3.13.0"})
    both = facts(results(invocation(), later))
    assert both["Python"] == "3.12.1; 3.13.0"
    assert both["lnmbench"] == "0.1.0"
    assert both["When"] == "2026-01-02 03:04 UTC to 2026-02-03 04:05 UTC, 2 invocations"
    assert both["Packages"] == "torch 2.9", "pandas was not there"
    assert both["Plugins"] == "lnmbench_tnm 1.2"
    lines = made(results(invocation(), later))[0].lines
    assert len([line for line in lines if line.startswith("Command: ")]) == 1


@pytest.mark.parametrize("environment", [None, {}])
def test_what_is_not_known_is_left_out(environment: object) -> None:
    assert "Python" not in facts(results(invocation(environment=environment)))
    bare = facts(results())
    assert bare["Seed"] == "0"
    assert "Command" not in bare
