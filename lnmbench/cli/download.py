"""`lnmbench data download`: the files of a data set, or the steps to get them by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lnmbench.cli.console import print_line, print_path
from lnmbench.cli.option_groups import expand_groups
from lnmbench.cli.plugins import PluginOptions

if TYPE_CHECKING:
    from lnmbench.records import Source
    from lnmbench.registry import Registry


@expand_groups
def download(
    *,
    name: Annotated[str, typer.Argument(help="Data set; see lnmbench list datasets.")],
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            metavar="DIR",
            help="Folder for the files (default: the data set's name).",
            rich_help_panel="Output",
        ),
    ] = None,
    plugins: PluginOptions,
) -> None:
    """Download the files of a data set, or print the steps if they need a login."""
    from lnmbench.cli.interrupt import announce_resumption
    from lnmbench.progress import make_progress
    from lnmbench.stages.data import download_files, find_source

    registry = plugins.load()
    source = find_source(name, registry)
    folder = to or Path(name)
    if source.files:
        announce_resumption("finished files")
        with make_progress() as progress:
            paths = download_files(source, folder, progress=progress)
        for path in paths:
            print_path(path)
    for line in (
        *_steps(source, name),
        *_terms(source),
        *_next_command(name, folder, source, registry),
    ):
        print_line(line)


def _steps(source: Source, name: str) -> Iterator[str]:
    if not source.files:
        yield f"{name} needs a login or the provider's download program. Steps:"
    elif source.steps:
        yield "Further steps:"
    for number, step in enumerate(source.steps, start=1):
        yield f"  {number}. {step}"


def _terms(source: Source) -> Iterator[str]:
    yield f"license: {source.license}"
    if source.citation:
        yield f"please cite: {source.citation}"


def _next_command(name: str, folder: Path, source: Source, registry: Registry) -> Iterator[str]:
    import shlex

    from lnmbench.records import Choice

    names = [parameter.name for parameter in registry.datasets.offer(name).parameters]
    if "root" in names:
        root = str(folder) if source.files else "FOLDER"
        choice = Choice(name=name, parameters={"root": root})
        yield f"then: lnmbench data ingest {shlex.quote(str(choice))}"
