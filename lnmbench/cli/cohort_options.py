"""Options of `data ingest`, `data describe` and `run` that say how the cohort file is built."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from lnmbench.cli.option_groups import OptionGroup

if TYPE_CHECKING:
    from lnmbench.records import Preprocessing, Region
    from lnmbench.stages.ingest import IngestOptions, Pseudonyms


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
        from lnmbench.choices import parse
        from lnmbench.stages.ingest import IngestOptions

        return IngestOptions(
            preprocessing=self._preprocessing(),
            strict=self.strict,
            pseudonyms=self._pseudonyms(),
            extract=tuple(map(parse, self.extract or ())),
        )

    def _preprocessing(self) -> Preprocessing:
        from lnmbench.records import WHOLE_SPACING_MM, Preprocessing

        default, region = Preprocessing(), self._region()
        spacing_mm = default.spacing_mm if region == "tumor" else WHOLE_SPACING_MM
        return Preprocessing(
            region=region,
            slices=default.slices if self.slices is None else self.slices,
            spacing_mm=spacing_mm if self.spacing is None else _spacing(self.spacing),
            patch=default.patch if self.patch is None else self.patch,
            air_hu=default.air_hu,
            allow_implausible=self.allow_implausible,
            native_mm=_native_mm(self.keep_native),
        )

    def _region(self) -> Region:
        from lnmbench.errors import UserError

        if self.region not in (None, "tumor", "none"):
            raise UserError(
                "wrong value for --region", expected="tumor or none", got=repr(self.region[:40])
            )
        region: Region = "none" if self.region == "none" else "tumor"
        if region == "tumor" and self.slices is not None:
            raise UserError(
                "--slices has no effect on patches around the tumor",
                then="add --region none, or omit --slices",
            )
        around = {"--extract": self.extract, "--keep-native": self.keep_native}
        for option, value in around.items():
            if region == "none" and value:
                raise UserError(
                    f"{option} needs the tumor region", got="--region none", then="omit one of them"
                )
        return region

    def _pseudonyms(self) -> Pseudonyms | None:
        from lnmbench.errors import UserError
        from lnmbench.stages.ingest import make_key, read_key

        if self.pseudonymize is None:
            if self.new_key:
                raise UserError("--new-key needs a key file", then="add --pseudonymize KEYFILE")
            return None
        file = self.pseudonymize.expanduser()
        return make_key(file) if self.new_key else read_key(file)


def _native_mm(distance: float | None) -> float:
    from lnmbench.errors import UserError

    if distance is not None and not math.isfinite(distance):
        raise UserError("wrong value for --keep-native", expected="1 to 1000 mm")
    return distance or 0.0


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
