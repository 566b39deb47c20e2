"""`lnmbench data`: cohorts, before anything is trained."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lnmbench.cli.cohort_options import CohortOptions, ReadingOptions
from lnmbench.cli.console import print_document, print_line, print_notice, print_path
from lnmbench.cli.download import download
from lnmbench.cli.help import print_help_without_command
from lnmbench.cli.option_groups import expand_groups
from lnmbench.cli.plugins import PluginOptions, warn_of_problems
from lnmbench.cli.strict_command import StrictCommand

if TYPE_CHECKING:
    from lnmbench.registry import Registry

app = typer.Typer()
app.command("download", cls=StrictCommand)(download)

EXIT_DAMAGED = 1
HDF5_SUFFIXES = (".h5", ".hdf5")


@app.callback(invoke_without_command=True)
def data(context: typer.Context) -> None:
    """Download, ingest, describe and validate cohorts."""
    print_help_without_command(context)


@app.command(cls=StrictCommand)
@expand_groups
def ingest(
    *,
    dataset: Annotated[
        str,
        typer.Argument(help="Data set, e.g. folder:manifest=cases.csv or synthetic:n=40."),
    ],
    options: CohortOptions,
    reading: ReadingOptions,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Copy the ingest log to this file.",
            rich_help_panel="Output",
        ),
    ] = None,
    plugins: PluginOptions,
) -> None:
    """Build the cohort file of a data set, report on each case, and print the file's path."""
    from lnmbench.choices import parse
    from lnmbench.cli.interrupt import announce_resumption
    from lnmbench.environment import home
    from lnmbench.progress import make_progress
    from lnmbench.stages import ingest as stage
    from lnmbench.store.cohort_file import read_cohort

    ingest_options = options.to_ingest_options()
    registry = plugins.load()
    announce_resumption("finished cases")
    with make_progress() as progress:
        path = stage.ingest(
            parse(dataset),
            registry,
            home=home(),
            workers=reading.threads,
            progress=progress,
            options=ingest_options,
        )
        if report is not None:
            stage.copy_ingest_log(path, report)
        progress.say(f"ingest log: {report or stage.ingest_log_path(path)}")
        for line in stage.shorten(stage.find_leaks(read_cohort(path), registry)):
            progress.say(line)
    print_path(path)


@app.command(cls=StrictCommand)
@expand_groups
def describe(
    *,
    source: Annotated[
        str, typer.Argument(help="Data set, cohort file, or table (CSV, TSV or Excel).")
    ],
    thumbnails: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="File for the page of thumbnails (PNG; default: next to the cohort file).",
            rich_help_panel="Output",
        ),
    ] = None,
    options: CohortOptions,
    reading: ReadingOptions,
    plugins: PluginOptions,
) -> None:
    """Describe a cohort. For a table without a data dictionary, propose one as TOML to edit."""
    from lnmbench.errors import UserError

    registry = plugins.load()
    if _is_dataset(source, registry) and not _is_cohort(source):
        path = _ingest(source, registry, options, workers=reading.threads)
        _describe_cohort(path, registry, thumbnails)
    elif options != CohortOptions():
        raise UserError(
            "the options of a cohort apply to a data set alone",
            got=f"a {'cohort file' if _is_cohort(source) else 'table'}",
            then="leave them out",
        )
    elif _is_cohort(source):
        _describe_cohort(Path(source), registry, thumbnails)
    else:
        print_document(_propose_dictionary(Path(source), registry))


@app.command(cls=StrictCommand)
def validate(
    cohort: Annotated[
        str,
        typer.Argument(help="Cohort file, the beginning of its name, or all."),
    ] = "all",
) -> None:
    """Verify all checksums of cohort files and list damaged parts.

    The exit code is 1 if a file is damaged or cannot be read.
    """
    from lnmbench.environment import home
    from lnmbench.progress import make_progress
    from lnmbench.stages.data import find_cohort_files, validate_cohorts

    damaged = unread = 0
    with make_progress() as progress:
        for path, damage in validate_cohorts(find_cohort_files(cohort, home()), progress):
            damaged += bool(damage.cases or damage.others)
            unread += bool(damage.unread)
            for line in damage.sentences or ("intact",):
                print_line(f"{path}: {line}")
    if damaged:
        print_notice("delete damaged files and ingest again to rebuild them")
    if damaged or unread:
        raise typer.Exit(EXIT_DAMAGED)


@app.command("list", cls=StrictCommand)
@expand_groups
def list_cohorts(*, plugins: PluginOptions) -> None:
    """List the ingested cohorts and the available data sets."""
    from lnmbench.cli.console import print_to_console
    from lnmbench.environment import home
    from lnmbench.stages.data import tabulate_cohorts

    registry = plugins.load_usable()
    print_to_console(tabulate_cohorts(home(), registry))
    warn_of_problems(registry)


def _is_cohort(source: str) -> bool:
    import h5py

    from lnmbench.errors import reading

    path = Path(source)
    if path.suffix in HDF5_SUFFIXES or not path.is_file():
        return path.suffix in HDF5_SUFFIXES
    with reading(path), path.open("rb"):  # h5py does not name the file
        return bool(h5py.is_hdf5(path))


def _is_dataset(source: str, registry: Registry) -> bool:
    """Return whether a text names a data set, or at least cannot name a file."""
    name = source.partition(":")[0]
    if Path(source).exists():
        return False
    return name in {offer.name for offer in registry.datasets.offers()} or "." not in source


def _ingest(source: str, registry: Registry, options: CohortOptions, *, workers: int) -> Path:
    from lnmbench.choices import parse
    from lnmbench.environment import home
    from lnmbench.progress import make_progress
    from lnmbench.stages.ingest import ingest as stage

    with make_progress() as progress:
        return stage(
            parse(source),
            registry,
            home=home(),
            workers=workers,
            progress=progress,
            options=options.to_ingest_options(),
        )


def _describe_cohort(path: Path, registry: Registry, thumbnails: Path | None) -> None:
    from lnmbench.cli.console import print_to_console
    from lnmbench.stages.data import describe_cohort
    from lnmbench.store.cohort_file import read_cohort

    cohort = read_cohort(path)
    print_to_console(describe_cohort(path, registry))
    if cohort.offsets[-1]:
        from lnmbench.stages.data import write_thumbnails

        page = thumbnails or path.with_suffix(".png")
        count = write_thumbnails(cohort, path, page)
        total = "" if count == len(cohort) else f" of {len(cohort)}"
        print_notice(f"thumbnails of {count}{total} cases: {page}")
    elif thumbnails is not None:
        print_notice("no thumbnails: the cohort has no images")


def _propose_dictionary(file: Path, registry: Registry) -> str:
    from lnmbench.errors import UserError

    for offer in registry.datasets.offers():
        propose = getattr(offer.factory, "propose", None)
        if propose is not None:
            return str(propose(file))
    raise UserError("no plugin proposes data dictionaries", then="see lnmbench list datasets")
