"""Options of `lnmbench run`, in groups."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from lnmbench.cli.option_groups import OptionGroup
from lnmbench.defaults import DEFAULTS

if TYPE_CHECKING:
    from lnmbench.records import Choice, Resources


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetOptions(OptionGroup):
    """The data set."""

    panel: ClassVar[str] = "Cohort"

    dataset: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Data set, e.g. table:path=cohort.csv,columns=columns.toml"
            f" (default: {DEFAULTS.dataset}).",
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodOptions(OptionGroup):
    """The methods to compare."""

    panel: ClassVar[str] = "Methods"

    encoder: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Image encoder, or none; repeatable, one method each"
            f" (default: {DEFAULTS.encoder}).",
        ),
    ] = None
    aux: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Auxiliary tasks of a method, e.g. pt, pt+size or none; repeatable, one method"
            f" each (default: {DEFAULTS.aux}).",
        ),
    ] = None
    sweep: Annotated[
        str | None,
        typer.Option(
            metavar="PARAMETER=VALUES",
            help="Values of a parameter of every auxiliary task, e.g. keep=0.1+0.25+0.5+1: one"
            " method each for every set of auxiliary tasks.",
        ),
    ] = None
    controls: Annotated[
        int | None,
        typer.Option(
            help="Number of negative controls of each method with auxiliary tasks: the same tasks"
            " with randomly permuted labels, for a permutation test from 19 on, and the target"
            " itself as a task once (default: 0)."
        ),
    ] = None
    weighting: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Combination of the task losses; repeatable, one method each for every set of"
            f" auxiliary tasks (default: {DEFAULTS.weighting}).",
        ),
    ] = None
    baseline: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Classical model on the clinical features or on those of images; repeatable"
            f" (default: {DEFAULTS.baseline}).",
        ),
    ] = None
    modalities: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAMES",
            help="Modalities of every method, e.g. image,clinical,cfdna; repeatable, one method"
            " each (default: all of the cohort).",
        ),
    ] = None
    ablation: Annotated[
        bool,
        typer.Option(
            "--ablation", help="Run each modality alone, all but each, and all of them, too."
        ),
    ] = False
    importance: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Permute each feature and modality N times among the test cases, for the table of"
            " importance, e.g. 5 (default: 0).",
        ),
    ] = None
    only: Annotated[
        bool,
        typer.Option("--only", help="Run only the methods named, without their references."),
    ] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolOptions(OptionGroup):
    """The target, the cross-validation, the primary metrics and their margins."""

    panel: ClassVar[str] = "Protocol"

    target: Annotated[
        str | None,
        typer.Option(metavar="NAME", help=f"Label to predict (default: {DEFAULTS.target})."),
    ] = None
    repeats: Annotated[
        int | None,
        typer.Option(
            help=f"Repeats of the cross-validation (default: {DEFAULTS.protocol.repeats})."
        ),
    ] = None
    folds: Annotated[
        int | None, typer.Option(help=f"Outer folds (default: {DEFAULTS.protocol.folds}).")
    ] = None
    inner: Annotated[
        int | None, typer.Option(help=f"Inner folds (default: {DEFAULTS.protocol.inner}).")
    ] = None
    quick: Annotated[
        bool,
        typer.Option(
            "--quick",
            help=f"Small protocol for a first try: {DEFAULTS.quick}, unless set otherwise.",
        ),
    ] = False
    seed: Annotated[int | None, typer.Option(help="Seed of splits and fits (default: 0).")] = None
    primary: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Primary metric, declared before the run; repeatable"
            f" (default: {' and '.join(DEFAULTS.primary)}).",
        ),
    ] = None
    margin: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="Largest difference in a primary metric that does not matter, declared before the"
            " run, e.g. auc=.02; repeatable.",
        ),
    ] = None
    family: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Pairs of methods that Holm's correction covers, declared before the run:"
            " auxiliary, versus-baseline or all-pairs (default: auxiliary).",
        ),
    ] = None
    train_unlabeled: Annotated[
        bool,
        typer.Option(
            "--train-unlabeled",
            help="Let networks train on cases without the target, too, by their auxiliary tasks.",
        ),
    ] = False
    missing_images: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Use of cases without images: refuse them for networks with images; mask, which"
            " trains on them and predicts them by their other features; or exclude, which leaves"
            " them out for all methods (default: refuse).",
        ),
    ] = None

    def with_quick(self) -> ProtocolOptions:
        """Return the options with the counts that `--quick` sets and no other option does."""
        if not self.quick:
            return self
        quick = DEFAULTS.quick
        return replace(
            self,
            repeats=quick.repeats if self.repeats is None else self.repeats,
            folds=quick.folds if self.folds is None else self.folds,
            inner=quick.inner if self.inner is None else self.inner,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingOptions(OptionGroup):
    """Training settings and the hyperparameter search."""

    panel: ClassVar[str] = "Training"

    training: Annotated[
        str | None,
        typer.Option(
            metavar="SETTINGS",
            help="Training settings, e.g. learning_rate=3e-4,max_epochs=60.",
        ),
    ] = None
    tune: Annotated[
        int | None,
        typer.Option(
            help="Number of hyperparameter settings to try in the inner folds"
            " (default: 1, no search)."
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceOptions(OptionGroup):
    """Device and memory of networks."""

    panel: ClassVar[str] = "Machine"

    device: Annotated[
        str, typer.Option(help="Device of the networks: auto, cpu, cuda, cuda:1 or mps.")
    ] = "auto"
    memory: Annotated[
        float | None,
        typer.Option(
            metavar="GB",
            help="Memory limit for training in GB (default: half of RAM, or 80 % of free GPU"
            " memory).",
        ),
    ] = None

    def to_resources(self) -> Resources:
        """Return the device and the memory limit."""
        from lnmbench.records import Resources

        return Resources(device=self.device, memory_gb=self.memory)


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineOptions(DeviceOptions):
    """Hardware to use."""

    executor: Annotated[str, typer.Option(metavar="NAME", help="Executor of the fits.")] = (
        DEFAULTS.executor
    )

    def executor_choice(self) -> Choice:
        """Return the executor with its parameters."""
        from lnmbench.choices import parse_setting

        return parse_setting("--executor", self.executor)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputOptions(OptionGroup):
    """The run directory."""

    panel: ClassVar[str] = "Output"

    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Run directory (default: a folder below runs/)."),
    ] = None
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Estimate time, disk and memory; write nothing."),
    ] = False
