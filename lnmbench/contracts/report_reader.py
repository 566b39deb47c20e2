"""Contract of readers of free-text CT reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from lnmbench.records import Column, Finding


@runtime_checkable
class ReportReader(Protocol):
    """Extraction of features from free-text CT reports."""

    @property
    def columns(self) -> Sequence[Column]:
        """Columns that it can fill, all features known before surgery."""

    def read(self, text: str) -> Mapping[str, Finding]:
        """Return the findings of one report by name of the column.

        Columns without a finding are omitted; a text that cannot be read has no findings.
        """
