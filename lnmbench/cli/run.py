"""`lnmbench run`: from a data set to the tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lnmbench.cli.benchmark_options import (
    DatasetOptions,
    MachineOptions,
    MethodOptions,
    OutputOptions,
    ProtocolOptions,
    TrainingOptions,
)
from lnmbench.cli.cohort_options import CohortOptions, ReadingOptions
from lnmbench.cli.console import print_notice
from lnmbench.cli.option_groups import expand_groups
from lnmbench.cli.plugins import PluginOptions

if TYPE_CHECKING:
    from lnmbench.config import Benchmark


@expand_groups
def run(
    *,
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Benchmark file (TOML); options override its settings."),
    ] = None,
    dataset: DatasetOptions,
    cohort: CohortOptions,
    methods: MethodOptions,
    protocol: ProtocolOptions,
    training: TrainingOptions,
    machine: MachineOptions,
    reading: ReadingOptions,
    output: OutputOptions,
    plugins: PluginOptions,
) -> None:
    """Run a benchmark, resuming an unfinished one, and print its tables."""
    from lnmbench.cli.interrupt import announce_resumption
    from lnmbench.cli.report import print_brief_report
    from lnmbench.environment import home
    from lnmbench.errors import UserError
    from lnmbench.progress import make_progress
    from lnmbench.records import RunFolders
    from lnmbench.stages.run import FailedMethods
    from lnmbench.stages.run import run as run_benchmark

    benchmark = _benchmark(config, dataset, cohort, methods, protocol, training)
    if output.dry_run and cohort.new_key:
        raise UserError(
            "--new-key writes a key file, but --dry-run writes nothing", then="omit one of them"
        )
    ingest_options = replace(cohort.to_ingest_options(), extract=benchmark.extract)
    registry = plugins.load()
    folders = RunFolders(home=home(), out=output.out)
    executor, resources = machine.executor_choice(), machine.to_resources()
    failed: FailedMethods | None = None
    with make_progress() as progress:
        if output.dry_run:
            from lnmbench.stages.estimate import estimate

            estimated = estimate(
                benchmark,
                registry,
                folders=folders,
                executor=executor,
                workers=reading.threads,
                progress=progress,
                ingest_options=ingest_options,
                resources=resources,
            )
        else:
            announce_resumption("finished units")
            try:
                folder = run_benchmark(
                    benchmark,
                    registry,
                    folders=folders,
                    executor=executor,
                    workers=reading.threads,
                    plugins=plugins.names,
                    progress=progress,
                    ingest_options=ingest_options,
                    resources=resources,
                )
            except FailedMethods as error:
                folder, failed = error.folder, error
    if output.dry_run:
        from lnmbench.cli.estimate import print_estimate

        print_estimate(estimated)
    else:
        print_brief_report(folder, registry)
        print_notice(f"results in {folder}; full report: lnmbench report {folder}")
    if failed is not None:
        raise failed


def _benchmark(
    config: Path | None,
    dataset: DatasetOptions,
    cohort: CohortOptions,
    methods: MethodOptions,
    protocol: ProtocolOptions,
    training: TrainingOptions,
) -> Benchmark:
    """Return the benchmark of a file, overridden by options."""
    from lnmbench.choices import parse_parameters
    from lnmbench.config import BenchmarkOptions, read_benchmark

    protocol = protocol.with_quick()
    return read_benchmark(
        config,
        BenchmarkOptions(
            dataset=dataset.dataset,
            extract=cohort.extract or None,
            target=protocol.target,
            encoder=methods.encoder or None,
            aux=methods.aux or None,
            sweep=methods.sweep,
            controls=methods.controls,
            weighting=methods.weighting,
            baseline=methods.baseline or None,
            modalities=methods.modalities or None,
            ablation=methods.ablation or None,
            only=methods.only or None,
            repeats=protocol.repeats,
            folds=protocol.folds,
            inner=protocol.inner,
            seed=protocol.seed,
            training=parse_parameters(training.training) if training.training else None,
            tune=training.tune,
            primary=protocol.primary or None,
            margin=protocol.margin or None,
            train_unlabeled=protocol.train_unlabeled or None,
            family=protocol.family,
            missing_images=protocol.missing_images,
            importance=methods.importance,
        ),
    )
