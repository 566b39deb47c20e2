"""`lnmbench data download`: a data set's files, or the steps that lead to them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lnmbench.cli import plugins

if TYPE_CHECKING:
    from lnmbench.records import Source
    from lnmbench.registry import Registry


def download(
    name: Annotated[str, typer.Argument(help="A data set: see lnmbench list datasets.")],
    to: Annotated[
        Path | None, typer.Option("--to", help="Folder for the files (default: the name, here).")
    ] = None,
    plugin: plugins.PluginOption = None,
) -> None:
    """Fetch a data set's files, or print the steps where they need a login."""
    from lnmbench.cli.progress import make_progress
    from lnmbench.stages.data import download as stage

    registry = plugins.load(plugin)
    source = stage.source_of(name, registry)
    folder = to or Path(name)
    if source.files:
        with make_progress() as progress:
            paths = stage.download(source, folder, progress=progress)
        typer.echo("\n".join(map(str, paths)))
    for line in (*_steps(source, name), *_terms(source), *_next(name, folder, source, registry)):
        typer.echo(line)


def _steps(source: Source, name: str) -> Iterator[str]:
    if not source.files:
        yield f"{name} cannot be fetched without a login or a program of its owner. By hand:"
    elif source.steps:
        yield "Still to do by hand:"
    for number, step in enumerate(source.steps, start=1):
        yield f"  {number}. {step}"


def _terms(source: Source) -> Iterator[str]:
    yield f"license: {source.license}"
    if source.citation:
        yield f"please cite: {source.citation}"


def _next(name: str, folder: Path, source: Source, registry: Registry) -> Iterator[str]:
    import shlex

    from lnmbench.parameters import parameters_of
    from lnmbench.records import Choice

    names = [p.name for p in parameters_of(registry.datasets.offer(name).factory)]
    if "root" in names:
        where = str(folder) if source.files else "FOLDER"
        choice = Choice(name=name, parameters={"root": where})
        yield f"then: lnmbench data ingest {shlex.quote(str(choice))}"
