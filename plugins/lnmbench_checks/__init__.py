"""Numbered methodological checks of a run."""

from collections.abc import Callable, Mapping

from lnmbench import hookimpl
from lnmbench.contracts import Check


@hookimpl
def register_checks() -> Mapping[str, Callable[..., Check]]:
    """Offer the checks; a number is never given to another check."""
    from lnmbench_checks.auxiliary import MostlyUnknown, SaysTarget
    from lnmbench_checks.controls import NotAboveControl
    from lnmbench_checks.encoders import PretrainedOnCohort, UndeclaredWeights
    from lnmbench_checks.features import EqualsTarget, NearlyEqualsTarget, PostOperative
    from lnmbench_checks.finished import StoppedByLimit, Unfinished
    from lnmbench_checks.images import NearlySharedImages, SharedImages
    from lnmbench_checks.optimism import InnerFarFromOuter
    from lnmbench_checks.reliability import SlopeFarFromOne
    from lnmbench_checks.significance import NotBorneOut
    from lnmbench_checks.splits import PatientOnBothSides, TooFewEvents

    return {
        "LNM001": PatientOnBothSides,
        "LNM002": SharedImages,
        "LNM003": PostOperative,
        "LNM004": TooFewEvents,
        "LNM005": EqualsTarget,
        "LNM006": PretrainedOnCohort,
        "LNM007": NotBorneOut,
        "LNM008": MostlyUnknown,
        "LNM009": SaysTarget,
        "LNM010": NotAboveControl,
        "LNM011": SlopeFarFromOne,
        "LNM012": InnerFarFromOuter,
        "LNM013": NearlyEqualsTarget,
        "LNM014": Unfinished,
        "LNM015": StoppedByLimit,
        "LNM016": UndeclaredWeights,
        "LNM017": NearlySharedImages,
    }
