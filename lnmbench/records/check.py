"""Results of the numbered checks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CheckOutcome = Literal["error", "failed", "warning", "passed", "not applicable"]
"""The result of a check; a failed check raised an exception, which counts like an error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """The result of one check; `message` and `remedy` are empty if it passed or does not apply."""

    name: str
    subject: str
    result: CheckOutcome
    message: str = ""
    remedy: str = ""
