"""check: what numbered checks find in a run."""

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

Result = Literal["error", "failed", "warning", "passed", "not applicable"]
"""What a check ends in; failed is a check that could not look, which is no better than an error."""

RESULTS: tuple[Result, ...] = get_args(Result)
SEVERITIES = ("warning", "error")
COLUMNS = tuple(
    TableColumn(key=key, heading=key.capitalize(), align="left")
    for key in ("check", "subject", "result", "finding", "remedy")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What became of one check; `finding` and `remedy` are empty where there is nothing to say."""

    name: str
    subject: str
    result: Result
    finding: str = ""
    remedy: str = ""


def run_checks(results: Results, registry: Registry) -> tuple[CheckResult, ...]:
    """Return what every check found: errors first, then by number.

    A check that does not apply has not passed; one that raises has failed, and is said.
    """
    checked = [_checked(offer, results) for offer in registry.checks.offers()]
    return tuple(sorted(checked, key=lambda one: (RESULTS.index(one.result), one.name)))


def is_bad(checked: Sequence[CheckResult]) -> bool:
    """Whether a check found an error, or failed."""
    return any(one.result in ("error", "failed") for one in checked)


def check(results: Results, registry: Registry) -> Table | None:
    """Return a table of all checks, None where no plugin offers one."""
    return table(run_checks(results, registry))


def table(checked: Sequence[CheckResult]) -> Table | None:
    """Return a row for each check, None where there is none."""
    if not checked:
        return None
    return Table(
        key="checks",
        title="Checks",
        columns=COLUMNS,
        rows=tuple(
            tuple(
                Cell(text=text)
                for text in (one.name, one.subject, one.result, one.finding, one.remedy)
            )
            for one in checked
        ),
        notes=(_counted(checked),),
    )


def _counted(checked: Sequence[CheckResult]) -> str:
    counts = Counter(one.result for one in checked)
    told = ", ".join(f"{counts[result]} {result}" for result in RESULTS if counts[result])
    return f"{len(checked)} checks: {told}. Not applicable is not passed: there was nothing to see."


def _checked(offer: Offer[Check], results: Results) -> CheckResult:
    place = PurePath(offer.plugin.origin).name
    try:
        made = offer.build()
        subject, severity, remedy = (_line(made.title), made.severity, _line(made.remedy))
        if isinstance(made, Documented):
            remedy = f"{remedy} (see {_line(made.docs)})"
        if severity not in SEVERITIES:
            raise ValueError(f"severity {severity!r}, expected {' or '.join(SEVERITIES)}")
        found = made(results)
        if found is not None and not isinstance(found, str):
            raise TypeError(f"found {type(found).__name__}, expected a sentence or None")
    except UserError as error:
        return _failed(offer, redact_paths(str(error)))
    except Exception as error:  # a plugin's check may raise anything
        return _failed(offer, redact_paths(reason(error, place)))
    if found is None:
        return CheckResult(name=offer.name, subject=subject, result="not applicable")
    if not found.strip():
        return CheckResult(name=offer.name, subject=subject, result="passed")
    return CheckResult(
        name=offer.name, subject=subject, result=severity, finding=_line(found), remedy=remedy
    )


def _failed(offer: Offer[Check], why: str) -> CheckResult:
    return CheckResult(
        name=offer.name,
        subject=f"a check of plugin {offer.plugin.name}",
        result="failed",
        finding=f"it could not look: {why}",
        remedy=offer.plugin.remedy,
    )


def _line(text: object) -> str:
    return " ".join(str(text).split())
