"""Does a feature know what it cannot know?"""

from __future__ import annotations

from typing import Literal

from lnmbench.records import Results, Variable
from lnmbench.records.after_surgery import known_after
from lnmbench_checks.wording import decimal, few, named

FEWEST = 8
"""Cases of either class that must have a value: fewer are told apart by chance too easily."""
NEARLY = 0.99
_EXACT = 1.0 - 1e-9


class PostOperative:
    """A feature that is known, or by its name sounds as if it were known, only after surgery.

    Does not apply where the run keeps no features.
    """

    title = "a feature known only after surgery"
    severity: Literal["warning"] = "warning"
    remedy = "give it the role aux, or leave it out; leave it where it is known before surgery"

    def __call__(self, results: Results) -> str | None:
        """Return the names of such features."""
        features = _features(results)
        after = [one for one in features if one.known == "after" or known_after(one.name)]
        return few([named(one.name) for one in after]) if features else None


class EqualsTarget:
    """A feature that tells positive from negative cases without one mistake.

    Does not apply where no feature has eight cases of either class with a value.
    """

    title = "a feature that equals the target"
    severity: Literal["error"] = "error"
    remedy = "leave the feature out: it holds the target, or was made from it"

    def __call__(self, results: Results) -> str | None:
        """Return the names of such features."""
        return _telling(results, _EXACT, float("inf"))


class NearlyEqualsTarget:
    """A feature whose AUC for the target, alone, is .99 or higher, and yet not 1.

    Does not apply where no feature has eight cases of either class with a value.
    """

    title = "a feature that almost equals the target"
    severity: Literal["warning"] = "warning"
    remedy = "ask how the feature was made: so much is seldom known before surgery"

    def __call__(self, results: Results) -> str | None:
        """Return the names of such features with their AUC."""
        return _telling(results, NEARLY, _EXACT)


def _telling(results: Results, least: float, below: float) -> str | None:
    judged = [
        one for one in _features(results) if min(one.negative.known, one.positive.known) >= FEWEST
    ]
    found = [one for one in judged if least <= one.separation < below]
    told = [f"{named(one.name)} has an AUC of {decimal(one.separation)} alone" for one in found]
    return few(told) if judged else None


def _features(results: Results) -> list[Variable]:
    variables = results.profile.variables if results.profile else ()
    return [one for one in variables if one.role == "feature"]
