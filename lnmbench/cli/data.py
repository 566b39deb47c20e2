"""`lnmbench data`: cohorts, before anything is trained."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lnmbench.cli import ingesting, plugins
from lnmbench.cli.download import download

if TYPE_CHECKING:
    from lnmbench.registry import Registry

app = typer.Typer(help="Bring in and look at data sets.", no_args_is_help=True)
app.command("download")(download)

DAMAGED = 1
HDF5_SUFFIXES = (".h5", ".hdf5")


@app.callback()
def data() -> None:
    """Bring in and look at data sets."""


@app.command()
def ingest(
    dataset: Annotated[
        str, typer.Argument(help="Data set, e.g. folder:manifest=cases.csv or synthetic:n=40.")
    ],
    workers: ingesting.WorkersOption = None,
    strict: ingesting.StrictOption = False,
    pseudonymize: ingesting.PseudonymizeOption = None,
    new_key: ingesting.NewKeyOption = False,
    spacing: ingesting.SpacingOption = None,
    patch: ingesting.PatchOption = None,
    report: Annotated[Path | None, typer.Option(help="Copy the ingest log to this file.")] = None,
    plugin: plugins.PluginOption = None,
) -> None:
    """Make the cohort file of a data set, tell what became of each case, and print its path."""
    from lnmbench.choices import parse
    from lnmbench.cli.progress import make_progress
    from lnmbench.environment import home
    from lnmbench.stages import ingest as stage

    how = ingesting.make_ingesting(
        strict=strict, pseudonymize=pseudonymize, new_key=new_key, spacing=spacing, patch=patch
    )
    registry = plugins.load(plugin)
    plugins.tell_problems(registry)
    with make_progress() as progress:
        path = stage.ingest(
            parse(dataset),
            registry,
            home=home(),
            workers=ingesting.threads(workers),
            progress=progress,
            options=how,
        )
        if report is not None:
            stage.copy_ingest_log(path, report)
        progress.say(f"ingest log: {report or stage.ingest_log_path(path)}")
    typer.echo(path)


@app.command()
def describe(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE", help="A data set, a cohort file, or a table: CSV, TSV or Excel."
        ),
    ],
    thumbnails: Annotated[
        Path | None, typer.Option(help="Where the page of thumbnails goes (PNG).")
    ] = None,
    workers: ingesting.WorkersOption = None,
    plugin: plugins.PluginOption = None,
) -> None:
    """Say what is in a cohort; for a bare table, propose a data dictionary as TOML to edit."""
    registry = plugins.load(plugin)
    if _is_cohort(source):
        _describe_cohort(Path(source), registry, thumbnails)
    elif _is_dataset(source, registry):
        _describe_cohort(_ingested(source, registry, workers), registry, thumbnails)
    else:
        typer.echo(_proposal(Path(source), registry), nl=False)


@app.command()
def validate(
    cohort: Annotated[
        str, typer.Argument(help="A cohort file, how its name begins, or all.")
    ] = "all",
) -> None:
    """Read every checksum again and say what is damaged; exit code 1 where something is."""
    from lnmbench.cli.progress import make_progress
    from lnmbench.environment import home
    from lnmbench.stages.data import validate as stage

    damaged = 0
    with make_progress() as progress:
        for path, damage in stage.validate(stage.cohort_files(cohort, home()), progress):
            damaged += bool(damage.sentences)
            for line in damage.sentences or ("whole",):
                typer.echo(f"{path}: {line}")
    if damaged:
        typer.echo("delete a damaged file and ingest again: it is made anew", err=True)
        raise typer.Exit(DAMAGED)


@app.command("list")
def list_cohorts(plugin: plugins.PluginOption = None) -> None:
    """List the cohorts that are ready at home, and the data sets on offer."""
    from rich.console import Console

    from lnmbench.environment import home
    from lnmbench.rendering import print_blocks
    from lnmbench.stages.data.list_cohorts import blocks

    registry = plugins.load(plugin, strict=False)
    console = Console()
    if not console.is_terminal:
        console = Console(width=100)
    print_blocks(console, blocks(home(), registry))
    plugins.tell_problems(registry)


def _is_cohort(source: str) -> bool:
    import h5py

    path = Path(source)
    return path.suffix in HDF5_SUFFIXES or (path.is_file() and bool(h5py.is_hdf5(path)))


def _is_dataset(source: str, registry: Registry) -> bool:
    """Whether the text names a data set, or nothing that could be a file."""
    name = source.partition(":")[0]
    if Path(source).exists():
        return False
    return name in {offer.name for offer in registry.datasets.offers()} or "." not in source


def _ingested(source: str, registry: Registry, workers: int | None) -> Path:
    from lnmbench.choices import parse
    from lnmbench.cli.progress import make_progress
    from lnmbench.environment import home
    from lnmbench.stages.ingest import ingest as stage

    with make_progress() as progress:
        return stage(
            parse(source),
            registry,
            home=home(),
            workers=ingesting.threads(workers),
            progress=progress,
        )


def _describe_cohort(path: Path, registry: Registry, thumbnails: Path | None) -> None:
    from rich.console import Console

    from lnmbench.rendering import print_blocks
    from lnmbench.stages.data.describe import describe as stage
    from lnmbench.store.cohort_file import read_cohort

    cohort = read_cohort(path)
    console = Console()
    if not console.is_terminal:
        console = Console(width=100)
    print_blocks(console, stage(cohort, registry))
    if cohort.offsets[-1]:
        from lnmbench.stages.data.thumbnails import write_thumbnails

        page = thumbnails or path.with_suffix(".png")
        shown = write_thumbnails(cohort, page)
        of = "" if shown == len(cohort) else f" of {len(cohort)}"
        typer.echo(f"thumbnails of {shown}{of} cases: {page}", err=True)
    elif thumbnails is not None:
        typer.echo("no thumbnails: the cohort has no images", err=True)


def _proposal(file: Path, registry: Registry) -> str:
    from lnmbench.errors import UserError

    for offer in registry.datasets.offers():
        propose = getattr(offer.factory, "propose", None)
        if propose is not None:
            return str(propose(file))
    raise UserError("no plugin proposes data dictionaries", then="see lnmbench list datasets")
