"""Checks behind the boundary."""

from __future__ import annotations

from functools import cached_property
from typing import Literal, cast

from lnmbench.contracts import Check, Documented
from lnmbench.records import Results
from lnmbench.registry.boundary.calls import Boundary
from lnmbench.registry.boundary.values import (
    Unexpected,
    describe,
    require_option,
    require_text,
)
from lnmbench.text import clean

SEVERITIES = ("warning", "error")
LONGEST_MESSAGE = 100_000


class GuardedCheck:
    """A check of a plugin, which returns a message, an empty text, or None.

    Parameters
    ----------
    check
        The plugin's object.
    boundary
        Its boundary.
    """

    def __init__(self, check: Check, boundary: Boundary) -> None:
        self._check, self._boundary = check, boundary

    @cached_property
    def title(self) -> str:
        """The condition that must hold."""
        return self._boundary.read("title", require_text, self._check)

    @cached_property
    def severity(self) -> Literal["warning", "error"]:
        """The result if the condition does not hold."""
        return cast(
            "Literal['warning', 'error']",
            self._boundary.read(
                "severity", lambda value: require_option(value, SEVERITIES), self._check
            ),
        )

    @cached_property
    def remedy(self) -> str:
        """Advice for a run in which the condition does not hold."""
        return self._boundary.read("remedy", require_text, self._check)

    def __call__(self, results: Results) -> str | None:
        """Return a message on what violates the condition, "" if it holds, None if the check
        does not apply."""
        return self._boundary.call("__call__", _require_message, self._check, results)


class GuardedDocumentedCheck(GuardedCheck):
    """A check of a plugin with a page of documentation."""

    @cached_property
    def docs(self) -> str:
        """The address of the page."""
        return self._boundary.read("docs", require_text, self._check)


def guard_check(check: Check, boundary: Boundary) -> Check:
    """Return a plugin's check behind its boundary."""
    if isinstance(check, Documented):
        return GuardedDocumentedCheck(check, boundary)
    return GuardedCheck(check, boundary)


def _require_message(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise Unexpected("a sentence, an empty text or None", describe(value))
    if len(value) > LONGEST_MESSAGE:
        raise Unexpected(f"at most {LONGEST_MESSAGE} characters", str(len(value)))
    return clean(value)
