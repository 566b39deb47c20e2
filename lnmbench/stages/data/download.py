"""download: a data set's files, from the public address that serves them without a login."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from lnmbench.contracts import Progress
from lnmbench.errors import UserError
from lnmbench.records import Source
from lnmbench.registry import Registry
from lnmbench.store.atomic import alone
from lnmbench.store.remote_file import fetch


def source_of(name: str, registry: Registry) -> Source:
    """Return where a data set comes from. Raises `UserError` where its plugin does not say."""
    source = getattr(registry.datasets.offer(name).factory, "source", None)
    if isinstance(source, Source):
        return source
    known = sorted(
        offer.name
        for offer in registry.datasets.offers()
        if isinstance(getattr(offer.factory, "source", None), Source)
    )
    raise UserError(
        f"data set {name} is not downloaded",
        expected="one that comes from elsewhere",
        got="one that is made here, or from files of your own",
        then=f"with a source: {', '.join(known) or 'none'}",
    )


def download(
    source: Source,
    folder: Path,
    *,
    progress: Progress,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[Path, ...]:
    """Return the files of a source below `folder`, fetched or found there, each checked.

    Files that are there with the right content are not fetched again; a download that was stopped
    goes on. A second process waits for the first. Raises `UserError` as `fetch` does.
    """
    if folder.exists() and not folder.is_dir():
        raise UserError(
            f"{folder} is a file", expected="a folder", then="choose another place with --to"
        )
    with alone(folder / "download"):
        return tuple(fetch(file, folder, progress=progress, sleep=sleep) for file in source.files)
