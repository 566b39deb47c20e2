"""Extractors of features that a cohort is ingested with, and their columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lnmbench.contracts import FeatureExtractor
from lnmbench.errors import UserError
from lnmbench.records import Case, Choice, Column
from lnmbench.redaction import drop_paths
from lnmbench.registry import Registry
from lnmbench.stages.ingest.ingest_log import LogEntry
from lnmbench.text import plural


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SelectedExtractor:
    """An extractor with its parameters, and the plugin and version that offer it."""

    choice: Choice
    extractor: FeatureExtractor
    plugin: tuple[str, str]
    description: str

    @property
    def columns(self) -> tuple[Column, ...]:
        """Its columns under the names that the cohort has."""
        return tuple(
            replace(column, name=f"{self.choice.name}: {column.name}")
            for column in self.extractor.columns
        )

    @property
    def key(self) -> tuple[str, ...]:
        """The choice and the versions, on which the values of a case depend."""
        return (self.choice.key, *self.plugin, self.extractor.software)

    @property
    def note(self) -> str:
        """A sentence on the features, for the card of the cohort."""
        count = plural(len(self.extractor.columns), "feature")
        return (
            f"{self.description}: {count} of the CT and the tumor mask at their own resolution,"
            f" by {self.extractor.software}"
        )


def select_extractors(
    choices: Sequence[Choice], registry: Registry
) -> tuple[SelectedExtractor, ...]:
    """Return the extractors of some choices; `UserError` if one is chosen twice."""
    names = [choice.name for choice in choices]
    repeated = [name for name in names if names.count(name) > 1]
    if repeated:
        raise UserError(
            f"the feature extractor {repeated[0]} is chosen twice",
            expected="each extractor once, since its name is part of the names of the columns",
        )
    selected = []
    for choice in choices:
        selection = registry.feature_extractors.select(choice)
        factory = selection.offer.factory
        selected.append(
            SelectedExtractor(
                choice=selection.bound,
                extractor=selection.build(),
                plugin=selection.version,
                description=str(drop_paths(selection.bound, factory)),
            )
        )
    return tuple(selected)


def add_columns(
    columns: Sequence[Column], extractors: Sequence[SelectedExtractor]
) -> tuple[Column, ...]:
    """Return the columns and those of the extractors; `UserError` if two have one name."""
    names = {column.name for column in columns}
    added = [column for each in extractors for column in each.columns]
    for column in added:
        if column.name in names:
            raise UserError(
                f"two columns are called {column.name!r}",
                expected="a name that no feature extractor gives",
                then="rename the column of the table, or leave out --extract",
            )
    return (*columns, *added)


def add_features(
    cases: Sequence[Case], entries: Sequence[LogEntry], extractors: Sequence[SelectedExtractor]
) -> tuple[Sequence[Case], str]:
    """Return the cases with their extracted features, and a sentence on how many have any.

    Parameters
    ----------
    cases
        The cases of the data set.
    entries
        The log entry of each.
    extractors
        The extractors, in the order of the values in the entries.

    Raises
    ------
    UserError
        If no case has a value.
    """
    names = [column.name for each in extractors for column in each.columns]
    chosen = " and ".join(each.choice.name for each in extractors)
    cells = [_list_known(names, entry.extracted) for entry in entries]
    count = sum(map(bool, cells))
    if not count:
        reasons = [line for entry in entries for line in (entry.reason, *entry.warnings) if line]
        raise UserError(
            f"no case has features of {chosen}",
            got=reasons[0] if reasons else "",
            then="leave out --extract",
        )
    with_features = [
        replace(case, values={**case.values, **dict(known)})
        for case, known in zip(cases, cells, strict=True)
    ]
    of_cases = f"{count} of {plural(len(cases), 'case')}"
    return with_features, f"{chosen}: {plural(len(names), 'feature')} of {of_cases}"


def _list_known(names: Sequence[str], values: Sequence[float]) -> list[tuple[str, float]]:
    """Return the values that are known, with their names; a case that was left out has none."""
    if not values:
        return []
    return [pair for pair in zip(names, values, strict=True) if not np.isnan(pair[1])]
