"""Numbered methodological checks of a run, one module for each number."""

from collections.abc import Callable, Mapping

from lnmbench import hookimpl
from lnmbench.contracts import Check


@hookimpl
def register_checks() -> Mapping[str, Callable[..., Check]]:
    """Offer the checks; a number is never reused for another check."""
    from lnmbench_checks import checks

    return {
        "LNM001": checks.make_lnm001,
        "LNM002": checks.make_lnm002,
        "LNM003": checks.make_lnm003,
        "LNM004": checks.make_lnm004,
        "LNM005": checks.make_lnm005,
        "LNM006": checks.make_lnm006,
        "LNM007": checks.make_lnm007,
        "LNM008": checks.make_lnm008,
        "LNM009": checks.make_lnm009,
        "LNM010": checks.make_lnm010,
        "LNM011": checks.make_lnm011,
        "LNM012": checks.make_lnm012,
        "LNM013": checks.make_lnm013,
        "LNM014": checks.make_lnm014,
        "LNM015": checks.make_lnm015,
        "LNM016": checks.make_lnm016,
        "LNM017": checks.make_lnm017,
        "LNM018": checks.make_lnm018,
        "LNM019": checks.make_lnm019,
        "LNM020": checks.make_lnm020,
        "LNM021": checks.make_lnm021,
    }
