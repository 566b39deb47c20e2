"""Download of a data set's files from public addresses that need no login."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from lnmbench.contracts import Progress
from lnmbench.errors import UserError
from lnmbench.records import Source
from lnmbench.registry import Registry
from lnmbench.store.atomic import hold_lock
from lnmbench.store.remote_file import fetch


def find_source(name: str, registry: Registry) -> Source:
    """Return the source of a data set. Raises `UserError` if its plugin names none."""
    source = getattr(registry.datasets.offer(name).factory, "source", None)
    if isinstance(source, Source):
        return source
    with_source = sorted(
        offer.name
        for offer in registry.datasets.offers()
        if isinstance(getattr(offer.factory, "source", None), Source)
    )
    raise UserError(
        f"data set {name} cannot be downloaded",
        expected="a data set with a public source",
        got="one that is generated, or read from your files",
        then=f"data sets with a source: {', '.join(with_source) or 'none'}",
    )


def download_files(
    source: Source,
    folder: Path,
    *,
    progress: Progress,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[Path, ...]:
    """Return the files of a source below `folder`, each verified by its checksum.

    Files that exist with the right content are not fetched again, and a stopped download resumes.
    A second process waits for the first.

    Parameters
    ----------
    source
        The files with their addresses, sizes and checksums.
    folder
        The folder for the files.
    progress
        Receives notices and progress.
    sleep
        Waits for a number of seconds before a retry.

    Raises
    ------
    UserError
        If a file cannot be fetched or differs from its checksum, or the folder is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise UserError(
            f"{folder} is a file", expected="a folder", then="choose another folder with --to"
        )
    # files on a drive that cannot be written need no lock
    are_present = all((folder / file.name).exists() for file in source.files)
    with nullcontext() if are_present else hold_lock(folder / "download", progress.say):
        return tuple(fetch(file, folder, progress=progress, sleep=sleep) for file in source.files)
