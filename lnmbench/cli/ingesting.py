"""How cases are brought into a cohort file: the options that `data ingest` and `run` share."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from lnmbench.stages.ingest import IngestOptions, Pseudonyms

StrictOption = Annotated[
    bool, typer.Option("--strict", help="Stop at the first case whose images cannot be used.")
]
PseudonymizeOption = Annotated[
    Path | None,
    typer.Option(metavar="KEYFILE", help="Replace ids by hashes under the key in this file."),
]
NewKeyOption = Annotated[
    bool, typer.Option("--new-key", help="Make the key file; it must not be there yet.")
]
SpacingOption = Annotated[
    str | None, typer.Option(metavar="X,Y,Z", help="Spacing of the patches in mm: 0.7,0.7,5.")
]
PatchOption = Annotated[
    int | None, typer.Option(help="Pixels across a patch: 224.", min=16, max=1024)
]
WorkersOption = Annotated[int | None, typer.Option(help="Threads that read images.", min=1)]


def threads(asked: int | None) -> int:
    """Return the number of threads that read images: one for each core, unless asked otherwise."""
    return asked or os.cpu_count() or 1


def make_ingesting(
    *,
    strict: bool,
    pseudonymize: Path | None,
    new_key: bool,
    spacing: str | None,
    patch: int | None,
) -> IngestOptions:
    """Return what the options ask for. Raises `UserError` for a key or spacing of no use."""
    from lnmbench.records import Preprocessing
    from lnmbench.stages.ingest import IngestOptions

    usual = Preprocessing()
    preprocessing = Preprocessing(
        spacing_mm=usual.spacing_mm if spacing is None else _spacing(spacing),
        patch=usual.patch if patch is None else patch,
        air_hu=usual.air_hu,
    )
    pseudonyms = _pseudonyms(pseudonymize, new_key)
    return IngestOptions(preprocessing=preprocessing, strict=strict, pseudonyms=pseudonyms)


def _pseudonyms(file: Path | None, new: bool) -> Pseudonyms | None:
    from lnmbench.errors import UserError
    from lnmbench.stages.ingest import make_key, read_key

    if file is None:
        if new:
            raise UserError("--new-key needs a place", then="give --pseudonymize KEYFILE")
        return None
    return make_key(file.expanduser()) if new else read_key(file.expanduser())


def _spacing(text: str) -> tuple[float, float, float]:
    from lnmbench.errors import UserError

    try:
        x, y, z = (float(part) for part in text.split(","))
    except ValueError:
        x = y = z = math.nan
    if not all(0.05 <= length <= 50 for length in (x, y, z)):
        raise UserError(
            "wrong value for --spacing",
            expected="three lengths in mm of 0.05 to 50, e.g. 0.7,0.7,5",
            got=repr(text[:40]),
        )
    return x, y, z
