"""Results of the numbered checks, and their table in the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import get_args

from lnmbench.contracts import Check, Documented
from lnmbench.errors import PluginError
from lnmbench.records import Cell, CheckOutcome, CheckResult, Results, Table, TableColumn, freeze
from lnmbench.redaction import redact_paths
from lnmbench.registry import Offer, Registry
from lnmbench.text import plural

RESULTS: tuple[CheckOutcome, ...] = get_args(CheckOutcome)
COLUMNS = tuple(
    TableColumn(key=key, heading=key.capitalize(), align="left")
    for key in ("check", "subject", "result", "message", "remedy")
)


def run_checks(results: Results, registry: Registry) -> tuple[CheckResult, ...]:
    """Return the result of every check: errors first, then by number.

    A check that does not apply has not passed; a check that raises an exception has failed.
    """
    results = freeze(results)
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
    texts = ", ".join(
        plural(counts[result], result)
        if result in ("error", "warning")
        else f"{counts[result]} {result}"
        for result in RESULTS
        if counts[result]
    )
    return (
        f"{plural(len(check_results), 'check')}: {texts}. "
        "Not applicable: the check could not be evaluated."
    )


def _run(offer: Offer[Check], results: Results) -> CheckResult:
    try:
        check = offer.build()
        subject, severity, remedy = check.title, check.severity, check.remedy
        if isinstance(check, Documented):
            remedy = f"{remedy} (see {check.docs})"
        message = check(results)
    except PluginError as error:
        return _failed(offer, redact_paths(str(error)))
    if message is None:
        return CheckResult(name=offer.name, subject=subject, result="not applicable")
    if not message:
        return CheckResult(name=offer.name, subject=subject, result="passed")
    return CheckResult(
        name=offer.name, subject=subject, result=severity, message=message, remedy=remedy
    )


def _failed(offer: Offer[Check], error: str) -> CheckResult:
    plugin = offer.plugin
    for remedy in (plugin.remedy_with_traceback, plugin.remedy):
        error = error.removesuffix(f"; {remedy}")
    return CheckResult(
        name=offer.name,
        subject=f"a check of plugin {plugin.name}",
        result="failed",
        message=f"could not be evaluated: {error}",
        remedy=plugin.remedy_with_traceback,
    )
