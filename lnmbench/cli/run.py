"""`lnmbench run`: from a data set to the tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from lnmbench.cli import ingesting, plugins
from lnmbench.defaults import DEFAULTS


def run(
    dataset: Annotated[
        str | None, typer.Option(help="Data set, e.g. table:path=cohort.csv,columns=columns.toml.")
    ] = None,
    target: Annotated[str | None, typer.Option(help="What is predicted: n2, n1, ….")] = None,
    encoder: Annotated[
        list[str] | None, typer.Option(help="Image encoder, or none; repeat for more arms.")
    ] = None,
    aux: Annotated[
        list[str] | None,
        typer.Option(help="Auxiliary task of an arm: pt, pt+size, none; repeat for more arms."),
    ] = None,
    weighting: Annotated[str | None, typer.Option(help="How task losses are combined.")] = None,
    baseline: Annotated[
        list[str] | None, typer.Option(help="Classical model on clinical features; repeatable.")
    ] = None,
    only: Annotated[
        bool, typer.Option("--only", help="Only the arms named, no references.")
    ] = False,
    repeats: Annotated[int | None, typer.Option(help="Repeats of the cross-validation.")] = None,
    folds: Annotated[int | None, typer.Option(help="Outer folds.")] = None,
    inner: Annotated[int | None, typer.Option(help="Inner folds.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of splits and fits.")] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help=f"{DEFAULTS.quick}: to try things.")
    ] = False,
    training: Annotated[
        str | None, typer.Option(help="Training settings, e.g. learning_rate=3e-4,max_epochs=60.")
    ] = None,
    primary: Annotated[
        list[str] | None,
        typer.Option(help="Metric that decides, declared before the run; repeatable."),
    ] = None,
    tune: Annotated[
        int | None, typer.Option(help="Settings that the inner folds choose among; 1: the default.")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="A benchmark as a TOML file.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Run directory (default: a folder below runs/).")
    ] = None,
    executor: Annotated[str, typer.Option(help="Where chunks of fits run.")] = DEFAULTS.executor,
    device: Annotated[
        str, typer.Option(help="Where networks run: auto, cpu, cuda, cuda:1, mps.")
    ] = "auto",
    memory: Annotated[
        float | None, typer.Option(help="GB that training may fill (default: what suits).")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what the run would do and take; write nothing.")
    ] = False,
    workers: ingesting.WorkersOption = None,
    strict: ingesting.StrictOption = False,
    pseudonymize: ingesting.PseudonymizeOption = None,
    new_key: ingesting.NewKeyOption = False,
    spacing: ingesting.SpacingOption = None,
    patch: ingesting.PatchOption = None,
    plugin: plugins.PluginOption = None,
) -> None:
    """Run a benchmark, or what is missing of it, and print its tables."""
    from lnmbench.choices import parse, parse_parameters
    from lnmbench.cli.progress import make_progress
    from lnmbench.cli.report import print_report
    from lnmbench.config import read_benchmark
    from lnmbench.environment import home
    from lnmbench.errors import UserError
    from lnmbench.records import Resources, RunFolders
    from lnmbench.stages.run import run as run_benchmark

    options: dict[str, Any] = {
        "dataset": dataset,
        "target": target,
        "encoder": tuple(encoder) if encoder else None,
        "aux": tuple(aux) if aux else None,
        "weighting": weighting,
        "baseline": tuple(baseline) if baseline else None,
        "only": only or None,
        "seed": seed,
        "training": parse_parameters(training) if training else None,
        "tune": tune,
        "primary": tuple(primary) if primary else None,
    }
    folding = {"repeats": repeats, "folds": folds, "inner": inner}
    for name, given in folding.items():
        options[name] = getattr(DEFAULTS.quick, name) if quick and given is None else given
    benchmark = read_benchmark(config, options)
    if dry_run and new_key:
        raise UserError(
            "--new-key writes a key, and --dry-run nothing", then="leave one of them out"
        )
    how = ingesting.make_ingesting(
        strict=strict, pseudonymize=pseudonymize, new_key=new_key, spacing=spacing, patch=patch
    )
    registry = plugins.load(plugin)
    plugins.tell_problems(registry)
    asked: dict[str, Any] = {
        "folders": RunFolders(home=home(), out=out),
        "executor": parse(executor),
        "workers": ingesting.threads(workers),
        "resources": Resources(device=device, memory_gb=memory),
        "ingesting": how,
    }
    if dry_run:
        from lnmbench.cli.estimate import print_estimate
        from lnmbench.stages.estimate import estimate

        with make_progress() as progress:
            expected = estimate(benchmark, registry, progress=progress, **asked)
        print_estimate(expected)
        return
    with make_progress() as progress:
        folder = run_benchmark(
            benchmark, registry, plugins=tuple(plugin or ()), progress=progress, **asked
        )
    print_report(folder, registry)
    typer.echo(f"kept in {folder}; the whole report: lnmbench report {folder}", err=True)
