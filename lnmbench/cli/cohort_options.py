"""Options of `data ingest`, `data describe` and `run` that say how the cohort file is built."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from lnmbench.cli.option_groups import OptionGroup

if TYPE_CHECKING:
    from lnmbench.stages.ingest import IngestOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingOptions(OptionGroup):
    """Threads for images."""

    panel: ClassVar[str] = "Machine"

    workers: Annotated[
        int | None,
        typer.Option(
            help="Threads that read and resample images (default: one for each core).", min=1
        ),
    ] = None

    @property
    def threads(self) -> int:
        """The number of threads."""
        return self.workers or os.cpu_count() or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortOptions(OptionGroup):
    """Patches and ids of a cohort file, and what to do about unusable cases."""

    panel: ClassVar[str] = "Cohort"

    strict: Annotated[
        bool,
        typer.Option("--strict", help="Stop at the first case whose images cannot be used."),
    ] = False
    pseudonymize: Annotated[
        Path | None,
        typer.Option(metavar="KEYFILE", help="Replace ids by hashes under the key in this file."),
    ] = None
    new_key: Annotated[
        bool, typer.Option("--new-key", help="Create the key file; it must not exist.")
    ] = False
    region: Annotated[
        str | None,
        typer.Option(
            metavar="tumor|none",
            help="Region that the patches are around: the tumor, or none for slices of the whole"
            " scan, without a tumor mask (default: tumor).",
        ),
    ] = None
    slices: Annotated[
        int | None,
        typer.Option(
            help="Slices of a whole scan with --region none, evenly spaced (default: 32).",
            min=1,
            max=1000,
        ),
    ] = None
    spacing: Annotated[
        str | None,
        typer.Option(
            metavar="X,Y,Z",
            help="Spacing of the patches in mm (default: 0.7,0.7,5, with --region none 1.6,1.6,5).",
        ),
    ] = None
    patch: Annotated[
        int | None, typer.Option(help="Pixels across a patch (default: 224).", min=16, max=1024)
    ] = None

    extract: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Features to extract from the images and tumor masks, e.g. radiomics;"
            " repeatable (default: none).",
        ),
    ] = None
    keep_native: Annotated[
        float | None,
        typer.Option(
            metavar="MM",
            help="Keep the CT at its own resolution up to this distance from the tumor's"
            " center, for encoders with a grid of their own.",
            min=1,
            max=1000,
        ),
    ] = None

    allow_implausible: Annotated[
        bool,
        typer.Option(
            "--allow-implausible", help="Take images whose values are not HU, such as phantoms."
        ),
    ] = False

    def to_ingest_options(self) -> IngestOptions:
        """Return the settings of the ingest stage; `UserError` for a wrong key or spacing."""
        from lnmbench.choices import parse_setting
        from lnmbench.errors import UserError
        from lnmbench.stages.ingest import IngestSettings, make_ingest_options, make_key

        settings = IngestSettings(
            strict=self.strict,
            pseudonymize=None if self.new_key else self.pseudonymize,
            region=self.region,
            slices=self.slices,
            spacing=self.spacing,
            patch=self.patch,
            keep_native=self.keep_native,
            allow_implausible=self.allow_implausible,
        )
        extract = tuple(parse_setting("--extract", text) for text in self.extract or ())
        options = make_ingest_options(settings, extract=extract)
        if not self.new_key:
            return options
        if self.pseudonymize is None:
            raise UserError("--new-key needs a key file", then="add --pseudonymize KEYFILE")
        return replace(options, pseudonyms=make_key(self.pseudonymize.expanduser()))
