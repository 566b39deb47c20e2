"""Contract of weightings and auxiliary tasks with parameters to search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable


@runtime_checkable
class Tunable(Protocol):
    """A weighting or auxiliary task with parameters to search; optional."""

    def space(self) -> Mapping[str, Sequence[object]]:
        """Return values to try for some of its parameters.

        The object is built again with them; the value that the user chose is tried first.
        """
