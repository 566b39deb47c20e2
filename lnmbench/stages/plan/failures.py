"""Methods that failed while the others went on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lnmbench.errors import UserError
from lnmbench.text import plural

_LONGEST_LABEL = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodFailure:
    """The label of a method that failed, and the reason as one line."""

    label: str
    reason: str

    def __str__(self) -> str:
        return f"{self.label} failed: {self.reason}"


class FailedMethods(UserError):
    """The end of a run in which some methods failed; `folder` has the results of the others.

    Parameters
    ----------
    failures
        The methods that failed.
    total
        The number of methods of the run.
    folder
        The folder of the ledger.
    """

    def __init__(self, failures: Sequence[MethodFailure], total: int, folder: Path) -> None:
        reason = failures[0].reason if len(failures) == 1 else "see their messages above"
        labels = "; ".join(failure.label[:_LONGEST_LABEL] for failure in failures)
        super().__init__(
            f"{len(failures)} of {plural(total, 'method')} failed ({labels}): {reason}",
            then="rerun the same command to run what is missing",
        )
        self.folder = folder


def refuse_all_failed(failures: Sequence[MethodFailure], total: int) -> None:
    """Raise `UserError` if every method of a benchmark failed."""
    if failures and len(failures) == total:
        others = f" (and {plural(total - 1, 'other method')})" if total > 1 else ""
        raise UserError(f"{failures[0].label}{others} failed: {failures[0].reason}")
