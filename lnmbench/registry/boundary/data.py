"""Data sets, report readers and targets behind the boundary."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from functools import cached_property, partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from lnmbench.contracts import Dataset, ReportReader, Target, TargetOutcomes
from lnmbench.errors import UserError
from lnmbench.records import Card, Case, Cohort, Column, Finding, Volume
from lnmbench.registry.boundary.arrays import require_array, view_cohort
from lnmbench.registry.boundary.calls import Boundary
from lnmbench.registry.boundary.columns import MOST_COLUMNS, require_columns, require_features
from lnmbench.registry.boundary.values import (
    Unexpected,
    describe,
    require_flag,
    require_mapping,
    require_number,
    require_option,
    require_sequence,
    require_text,
    require_texts,
)
from lnmbench.text import clean

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_CASES = 1_000_000
MOST_FILES = 50_000_000
MOST_OUTCOMES = 1000
_AXES = 3


class GuardedDataset:
    """A data set of a plugin. The volumes of its cases are read behind the boundary as well.

    Parameters
    ----------
    dataset
        The plugin's object.
    boundary
        Its boundary.
    """

    def __init__(self, dataset: Dataset, boundary: Boundary) -> None:
        self._dataset = dataset
        self._boundary = replace(boundary, names_refusals=False)

    @cached_property
    def columns(self) -> Sequence[Column]:
        """Data dictionary of the clinical table."""
        return self._boundary.read("columns", require_columns, self._dataset)

    @cached_property
    def card(self) -> Card:
        """Title, license, source and citation."""
        return self._boundary.read("card", _require_card, self._dataset)

    @cached_property
    def sources(self) -> Sequence[Path]:
        """Files of the cases."""
        return self._boundary.read("sources", _require_paths, self._dataset)

    @cached_property
    def notes(self) -> Sequence[str]:
        """Notices for the user."""
        return self._boundary.read("notes", require_texts, self._dataset)

    def cases(self) -> Iterator[Case]:
        """Yield every case, always in the same order."""
        function = self._dataset.cases
        for case in self._boundary.iterate("cases", _require_case, function, MOST_CASES):
            yield replace(case, volume=self._guard_volume(case.volume))

    def _guard_volume(self, volume: Callable[[], Volume] | None) -> Callable[[], Volume] | None:
        if volume is None:
            return None
        return partial(self._boundary.call, "volume", _require_volume, volume)


class GuardedReportReader:
    """A report reader of a plugin, whose findings its columns can encode.

    Parameters
    ----------
    reader
        The plugin's object.
    boundary
        Its boundary.
    """

    def __init__(self, reader: ReportReader, boundary: Boundary) -> None:
        self._reader = reader
        self._boundary = replace(boundary, names_refusals=False, quotes_errors=False)

    @cached_property
    def columns(self) -> Sequence[Column]:
        """Columns that it can fill."""
        return self._boundary.read("columns", require_features, self._reader)

    def read(self, text: str) -> Mapping[str, Finding]:
        """Return the findings of one report by name of the column."""
        columns = {column.name: column for column in self.columns}
        check = partial(_require_findings, columns=columns)
        return self._boundary.call("read", check, self._reader.read, text)


class GuardedTarget:
    """A target of a plugin, whose labels are 0, 1 or NaN for each case.

    Parameters
    ----------
    target
        The plugin's object.
    boundary
        Its boundary.
    """

    def __init__(self, target: Target, boundary: Boundary) -> None:
        self._target, self._boundary = target, boundary

    @cached_property
    def title(self) -> str:
        """Description of a positive case."""
        return self._boundary.read("title", require_text, self._target)

    def labels(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return (n,): 1 positive, 0 negative, NaN unknown."""
        check = partial(_require_labels, count=len(cohort))
        return self._boundary.call("labels", check, self._target.labels, view_cohort(cohort))

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return notices for the user on how the labels follow from the cohort's columns."""
        return self._boundary.call("notes", require_texts, self._target.notes, view_cohort(cohort))


class GuardedOutcomeTarget(GuardedTarget):
    """A target of a plugin with several outcomes."""

    @cached_property
    def kind(self) -> Literal["multilabel", "ordinal"]:
        """Kind of the target."""
        check = partial(require_option, options=("multilabel", "ordinal"))
        kind = self._boundary.read("kind", check, self._target)
        return cast("Literal['multilabel', 'ordinal']", kind)

    def outcomes(self, cohort: Cohort) -> Mapping[str, NDArray[np.float64]]:
        """Return the labels of each outcome by its name, (n,): 1, 0, or NaN if unknown."""
        check = partial(_require_outcomes, count=len(cohort), ordered=self.kind == "ordinal")
        target = cast("TargetOutcomes", self._target)
        return self._boundary.call("outcomes", check, target.outcomes, view_cohort(cohort))


def guard_target(target: Target, boundary: Boundary) -> Target:
    """Return a plugin's target behind its boundary, with its outcomes if it has several."""
    kind = GuardedOutcomeTarget if isinstance(target, TargetOutcomes) else GuardedTarget
    return kind(target, boundary)


def _require_card(value: object) -> Card:
    if not isinstance(value, Card):
        raise Unexpected("a card (lnmbench.Card)", describe(value))
    for field in fields(Card):
        content = getattr(value, field.name)
        if field.name == "notes":
            require_texts(content)
        elif field.name == "truth":
            for number in require_mapping(content, most=1000).values():
                require_number(number, nan=True)
        elif field.type == "bool":
            require_flag(content)
        elif not isinstance(content, str):
            raise Unexpected(f"a text as {field.name} of the card", describe(content))
    return replace(value, notes=tuple(value.notes), truth=dict(value.truth))


def _require_paths(value: object) -> Sequence[Path]:
    paths = []
    for path in require_sequence(value, most=MOST_FILES):
        if not isinstance(path, str | Path):
            raise Unexpected("paths of files", describe(path))
        paths.append(Path(path))
    return tuple(paths)


def _require_case(value: object) -> Case:
    if not isinstance(value, Case):
        raise Unexpected("a case (lnmbench.Case)", describe(value))
    if not isinstance(value.id, str) or not value.id.strip():
        raise Unexpected("a text as id of a case", describe(value.id))
    values = require_mapping(value.values, most=MOST_COLUMNS)
    for cell in values.values():
        if not isinstance(cell, str | int | float | None):
            str(cell)  # what a column will do; a cell that cannot be text is a fault of the plugin
    if value.volume is not None and not callable(value.volume):
        raise Unexpected("a function or None as volume of a case", describe(value.volume))
    return replace(value, values=values)


def _require_volume(value: object) -> Volume:
    import SimpleITK as sitk

    if not isinstance(value, Volume):
        raise Unexpected("a volume (lnmbench.Volume)", describe(value))
    for name, image in (("image", value.image), ("mask", value.mask)):
        if not isinstance(image, sitk.Image):
            raise Unexpected(f"a SimpleITK image as {name}", describe(image))
        if image.GetDimension() != _AXES or image.GetNumberOfComponentsPerPixel() != 1:
            channels = image.GetNumberOfComponentsPerPixel()
            raise Unexpected(
                f"three axes and one channel in the {name}",
                f"{image.GetDimension()} axes, {channels} channels",
            )
    if value.image.GetSize() != value.mask.GetSize():
        sizes = (str(image.GetSize()) for image in (value.mask, value.image))
        raise Unexpected("a mask of the image's size", " for ".join(sizes))
    return replace(value, notes=require_texts(value.notes), outlined=require_flag(value.outlined))


def _require_findings(value: object, *, columns: Mapping[str, Column]) -> Mapping[str, Finding]:
    findings: dict[str, Finding] = {}
    for name, finding in require_mapping(value, most=MOST_COLUMNS).items():
        if name not in columns:
            raise Unexpected("findings of its columns", f"one of {name[:40]!r}")
        if not isinstance(finding, Finding):
            raise Unexpected("findings (lnmbench.records.Finding)", describe(finding))
        if not isinstance(finding.words, str):
            raise Unexpected("a text as words of a finding", describe(finding.words))
        try:
            columns[name].encode(finding.value)
        except UserError:
            raise Unexpected(f"a value of {name!r}", "one that its column excludes") from None
        findings[name] = finding
    return findings


def _require_outcomes(
    value: object, *, count: int, ordered: bool
) -> Mapping[str, NDArray[np.float64]]:
    outcomes = {
        clean(require_text(name)): _require_labels(labels, count=count)
        for name, labels in require_mapping(value, most=MOST_OUTCOMES).items()
    }
    if not outcomes:
        raise Unexpected("at least one outcome", "none")
    columns = list(outcomes.values())
    for lower, higher in pairwise(columns):
        if ordered and ((lower == 0) & (higher == 1)).any():
            raise Unexpected("cut points in ascending order", "a case above a cut point only")
    return outcomes


def _require_labels(value: object, *, count: int) -> NDArray[np.float64]:
    labels = require_array(value, shape=(count,), nan=True)
    wrong = labels[(labels != 0) & (labels != 1) & (labels == labels)]
    if wrong.size:
        raise Unexpected("0, 1 or NaN", f"{wrong[0]:g}")
    return labels
