"""Errors of checks, which a reader must know before any score."""

from __future__ import annotations

from lnmbench.records import Results


def describe_errors(results: Results) -> list[str]:
    """Return a sentence for each check that found an error: its number, message and remedy."""
    return [
        f"Do not use the scores: {check.name} found an error ({check.message}); {check.remedy}."
        for check in results.check_results
        if check.result == "error"
    ]
