"""Contract of data sets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from lnmbench.records import Card, Case, Column


@runtime_checkable
class Dataset(Protocol):
    """A source of cases.

    All attributes are complete before the first case is read; images are read last.
    """

    @property
    def columns(self) -> Sequence[Column]:
        """Data dictionary of the clinical table."""

    @property
    def card(self) -> Card:
        """Title, license, source and citation."""

    @property
    def sources(self) -> Sequence[Path]:
        """Files of the cases; if one changes, the cohort is ingested again."""

    @property
    def notes(self) -> Sequence[str]:
        """Notices for the user, e.g. omitted columns and mapped spellings."""

    def cases(self) -> Iterator[Case]:
        """Yield every case, always in the same order; `Case.volume` reads the images later."""
