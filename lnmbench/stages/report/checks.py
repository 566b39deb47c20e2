"""Results of the numbered checks, and their table in the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal, get_args

from lnmbench.contracts import Check, Documented
from lnmbench.errors import UserError
from lnmbench.records import Cell, Results, Table, TableColumn
from lnmbench.redaction import redact_paths
from lnmbench.registry import Offer, Registry
from lnmbench.registry.faults import reason
from lnmbench.text import plural

Result = Literal["error", "failed", "warning", "passed", "not applicable"]
"""The result of a check; a failed check raised an exception, which counts like an error."""

RESULTS: tuple[Result, ...] = get_args(Result)
SEVERITIES = ("warning", "error")
COLUMNS = tuple(
    TableColumn(key=key, heading=key.capitalize(), align="left")
    for key in ("check", "subject", "result", "message", "remedy")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """The result of one check; `message` and `remedy` are empty if it passed or does not apply."""

    name: str
    subject: str
    result: Result
    message: str = ""
    remedy: str = ""


def run_checks(results: Results, registry: Registry) -> tuple[CheckResult, ...]:
    """Return the result of every check: errors first, then by number.

    A check that does not apply has not passed; a check that raises an exception has failed.
    """
    check_results = [_run(offer, results) for offer in registry.checks.offers()]
    return tuple(
        sorted(check_results, key=lambda result: (RESULTS.index(result.result), result.name))
    )


def has_errors(check_results: Sequence[CheckResult]) -> bool:
    """Return whether a check reported an error, or failed."""
    return any(result.result in ("error", "failed") for result in check_results)


def check_table(check_results: Sequence[CheckResult]) -> Table | None:
    """Return a table with a row for each check, None without checks."""
    if not check_results:
        return None
    return Table(
        key="checks",
        title="Checks",
        columns=COLUMNS,
        rows=tuple(
            tuple(
                Cell(text=text)
                for text in (
                    result.name,
                    result.subject,
                    result.result,
                    result.message,
                    result.remedy,
                )
            )
            for result in check_results
        ),
        notes=(_counts(check_results),),
    )


def _counts(check_results: Sequence[CheckResult]) -> str:
    counts = Counter(result.result for result in check_results)
    texts = ", ".join(f"{counts[result]} {result}" for result in RESULTS if counts[result])
    return (
        f"{plural(len(check_results), 'check')}: {texts}. "
        "Not applicable: the check could not be evaluated."
    )


def _run(offer: Offer[Check], results: Results) -> CheckResult:
    file = PurePath(offer.plugin.origin).name
    try:
        check = offer.build()
        subject, severity, remedy = _one_line(check.title), check.severity, _one_line(check.remedy)
        if isinstance(check, Documented):
            remedy = f"{remedy} (see {_one_line(check.docs)})"
        if severity not in SEVERITIES:
            raise ValueError(f"severity {severity!r}, expected {' or '.join(SEVERITIES)}")
        message = check(results)
        if message is not None and not isinstance(message, str):
            raise TypeError(f"returned {type(message).__name__}, expected a sentence or None")
    except UserError as error:
        return _failed(offer, redact_paths(str(error)))
    except Exception as error:  # a plugin's check may raise anything
        return _failed(offer, redact_paths(reason(error, file)))
    if message is None:
        return CheckResult(name=offer.name, subject=subject, result="not applicable")
    if not message.strip():
        return CheckResult(name=offer.name, subject=subject, result="passed")
    return CheckResult(
        name=offer.name,
        subject=subject,
        result=severity,
        message=_one_line(message),
        remedy=remedy,
    )


def _failed(offer: Offer[Check], error: str) -> CheckResult:
    return CheckResult(
        name=offer.name,
        subject=f"a check of plugin {offer.plugin.name}",
        result="failed",
        message=f"could not be evaluated: {error}",
        remedy=offer.plugin.remedy,
    )


def _one_line(text: object) -> str:
    return " ".join(str(text).split())
