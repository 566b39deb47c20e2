"""What was read in a free-text report, and the words that say so."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One value that a report gives.

    `value` is a cell for its column; `words` are the exact span of the text that gave it. They
    are for review by a person and never reach the cohort file.
    """

    value: object
    words: str
