"""The command that repeats a run."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, get_args

import pytest
from lnmbench_report.rerun_command import format_command

from lnmbench.choices import parse_all, parse_parameters
from lnmbench.cli.cohort_options import CohortOptions
from lnmbench.config import read_benchmark
from lnmbench.errors import UserError
from lnmbench.records import (
    BaselineMethod,
    Choice,
    Manifest,
    Method,
    NetworkMethod,
    Preprocessing,
    Protocol,
    Results,
    Training,
)
from lnmbench.registry import Offer, Registry
from lnmbench.stages.plan import resolve

MakeInvocation = Callable[..., Manifest]


REGISTRY = Registry()


def read_options(text: str) -> dict[str, Any]:
    """A command's options as `lnmbench run` hands them to `read_benchmark`."""
    words = shlex.split(text)
    assert words[:2] == ["lnmbench", "run"]
    assert words[-1] == "--only"
    options: dict[str, Any] = {"only": True}
    if "--train-unlabeled" in words:
        words.remove("--train-unlabeled")
        options["train_unlabeled"] = True
    several = ("encoder", "aux", "baseline", "primary", "margin")
    for option, value in zip(words[2:-1:2], words[3:-1:2], strict=True):
        name = option.removeprefix("--")
        if name in several:
            options[name] = (*options.get(name, ()), value)
        else:
            assert name not in options
            options[name] = parse_parameters(value) if name == "training" else value
    return options


def test_the_command_asks_for_the_same_methods_on_the_same_folds(
    scored: Results, run_folder: Path
) -> None:
    benchmark = read_benchmark(None, read_options(format_command(scored.invocations[0])))
    (cohort,) = run_folder.parent.joinpath("home").rglob("*.h5")
    again = resolve(benchmark, Registry(), lambda: cohort)
    assert {resolved.method.fingerprint for resolved in again.methods} == {
        outcome.method.fingerprint for outcome in scored.method_results
    }
    assert again.plan.protocol == scored.protocol
    assert (again.plan.splits.outer == scored.outer).all()


def test_the_command_counts_the_controls_that_were_asked_for(scored: Results) -> None:
    invocation = replace(scored.invocations[0], options={"controls": "1"})
    options = read_options(format_command(invocation))
    assert options["controls"] == "1"
    assert not any("shuffled=1" in task for task in options["aux"])
    without = read_options(format_command(scored.invocations[0]))
    assert "controls" not in without
    assert any("shuffled=1" in task for task in without["aux"])


@pytest.mark.parametrize(
    "aux",
    ["pt+pt:shuffled=1", "pt:shuffled=1+pt:shuffled=2", "pt:edition=8+pt:edition=8,shuffled=1"],
)
def test_the_command_asks_for_the_same_several_tasks(
    scored: Results, run_folder: Path, aux: str, make_invocation: MakeInvocation
) -> None:
    (cohort,) = run_folder.parent.joinpath("home").rglob("*.h5")

    def make_methods(options: Mapping[str, Any]) -> tuple[Method, ...]:
        few = {"dataset": scored.cohort, "repeats": 2, "folds": 4, "inner": 2}
        benchmark = read_benchmark(None, {**options, **few})
        resolved = resolve(benchmark, Registry(), lambda: cohort)
        return tuple(each.method for each in resolved.methods)

    (once,) = make_methods({"encoder": "none", "aux": (aux,), "only": True})
    assert len(once.aux) == 2
    (again,) = make_methods(read_options(format_command(make_invocation(methods=(once,)))))
    assert again.fingerprint == once.fingerprint


def test_a_plus_in_the_value_of_a_task_does_not_end_it_in_the_command(
    make_invocation: MakeInvocation, network: NetworkMethod
) -> None:
    aux = (
        Choice(name="size", parameters={"kinds": "a+b", "mean": False, "shuffled": 0}),
        Choice(name="pt", parameters={"shuffled": 1}),
    )
    options = read_options(format_command(make_invocation(methods=(replace(network, aux=aux),))))
    assert [str(choice) for choice in parse_all(options["aux"][0])] == list(map(str, aux))


def test_the_command_has_how_images_were_brought_to_patches(
    make_invocation: MakeInvocation,
) -> None:
    how = Preprocessing(spacing_mm=(1.0, 0.75, 3.0), patch=96)
    options = read_options(format_command(make_invocation(preprocessing=how)))
    cohort = CohortOptions(spacing=options["spacing"], patch=int(options["patch"]))
    assert cohort.to_ingest_options().preprocessing == how
    usual = read_options(format_command(make_invocation(preprocessing=Preprocessing())))
    assert not {"spacing", "patch"} & set(usual)
    allowed = make_invocation(preprocessing=Preprocessing(allow_implausible=True))
    assert format_command(allowed).endswith(" --allow-implausible --only")
    native = make_invocation(preprocessing=Preprocessing(native_mm=62.5))
    assert " --keep-native 62.5 " in format_command(native)
    whole = Preprocessing(region="none", spacing_mm=(1.6, 1.6, 5.0), slices=9)
    options = read_options(format_command(make_invocation(preprocessing=whole)))
    assert "spacing" not in options
    cohort = CohortOptions(region=options["region"], slices=int(options["slices"]))
    assert cohort.to_ingest_options().preprocessing == whole


def test_the_command_has_what_differs_from_the_default(make_invocation: MakeInvocation) -> None:
    assert read_options(format_command(make_invocation())) == {
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
    declared = make_invocation(protocol=Protocol(primary=("ap", "brier")))
    assert read_options(format_command(declared))["primary"] == ("ap", "brier")
    margins = make_invocation(protocol=Protocol(margins=(("auc", 0.02), ("ap", 0.03))))
    assert read_options(format_command(margins))["margin"] == ("auc=0.02", "ap=0.03")


def test_the_command_has_the_precision_of_networks_that_can_have_it(
    make_invocation: MakeInvocation,
) -> None:
    (network,) = (m for m in make_invocation().methods if isinstance(m, NetworkMethod))
    precise = replace(network.training, precision="bfloat16")
    images = replace(network, training=precise)
    clinical = replace(network, training=replace(precise, precision="float32"), level="none")
    features = BaselineMethod(
        label="pooled",
        baseline=Choice(name="pooled"),
        network=replace(network, aux=(), training=Training(precision="bfloat16")),
    )
    settings = {"token_dim": "none", "max_epochs": "7", "precision": "bfloat16"}
    for methods in ((images, clinical), (clinical, features)):
        command = format_command(make_invocation(methods=methods))
        assert read_options(command)["training"] == settings
    alone = format_command(make_invocation(methods=(features,)))
    assert read_options(alone)["training"] == {"precision": "bfloat16"}


def test_the_command_quotes_what_a_shell_would_read(make_invocation: MakeInvocation) -> None:
    text = format_command(make_invocation(cohort="table:note=$(rm -rf x); 'y'"))
    assert read_options(text)["dataset"] == "table:note=$(rm -rf x); 'y'"


def test_the_command_extracts_the_same_features(scored: Results) -> None:
    parameters: dict[str, object] = {"bins": 32, "families": "glcm+ngtdm", "margin_mm": None}
    extractor = Choice(name="radiomics", parameters=parameters)
    invocation = replace(scored.invocations[0], extract=(extractor,))
    options = read_options(format_command(invocation))
    assert options["extract"] == "radiomics:bins=32,families=glcm+ngtdm,margin_mm=none"
    assert "extract" not in read_options(format_command(scored.invocations[0]))


def test_the_command_trains_on_unlabeled_cases_and_permutes_inputs(
    make_invocation: MakeInvocation,
) -> None:
    protocol = Protocol(train_unlabeled=True, missing_images="mask")
    invocation = make_invocation(protocol=protocol, options={"importance": "5"})
    options = read_options(format_command(invocation))
    assert (options["train_unlabeled"], options["importance"]) == (True, "5")
    assert options["missing-images"] == "mask"
    assert not {"train_unlabeled", "importance", "missing-images"} & set(
        read_options(format_command(make_invocation()))
    )


def _list_variants(offer: Offer[Any]) -> list[Choice]:
    """Return a choice at the defaults, and others with an empty value where one is possible."""
    required = {
        p.name: next(iter(get_args(p.annotation)), "1") for p in offer.parameters if p.required
    }
    variants = [Choice(name=offer.name, parameters=required)]
    for parameter in offer.parameters:
        for value in (None, ""):
            choice = Choice(name=offer.name, parameters={**required, parameter.name: value})
            try:
                offer.bind(choice)
            except UserError:
                continue
            variants.append(choice)
    return variants


@pytest.mark.parametrize("role", ["encoders", "aux_tasks", "weightings", "baselines"])
def test_the_command_names_every_choice_exactly(
    role: str, make_invocation: MakeInvocation, network: NetworkMethod
) -> None:
    empty = 0
    for offer in getattr(REGISTRY, role).offers():
        for choice in _list_variants(offer):
            bound = offer.bind(choice)
            method: Method = {
                "encoders": replace(network, encoder=bound),
                "aux_tasks": replace(network, aux=(bound,)),
                "weightings": replace(network, weighting=bound),
                "baselines": BaselineMethod(label="b", baseline=bound),
            }[role]
            text = format_command(make_invocation(methods=(method,)))
            option = {"aux_tasks": "aux"}.get(role, role.removesuffix("s"))
            typed = read_options(text)[option]
            (again,) = parse_all(typed if isinstance(typed, str) else typed[0])
            assert json.dumps(asdict(offer.bind(again)), default=str) == json.dumps(
                asdict(bound), default=str
            )
            empty += any(value in (None, "") for value in bound.parameters.values())
    assert empty or role == "weightings"
