"""Numbered methodological checks of a run, one module for each number."""

from collections.abc import Callable, Mapping

from lnmbench import hookimpl
from lnmbench.contracts import Check


@hookimpl
def register_checks() -> Mapping[str, Callable[..., Check]]:
    """Offer the checks; a number is never reused for another check."""
    from lnmbench_checks.lnm001_patient_leakage import PatientLeakage
    from lnmbench_checks.lnm002_duplicate_images import DuplicateImages
    from lnmbench_checks.lnm003_postoperative_features import PostoperativeFeatures
    from lnmbench_checks.lnm004_events_per_fold import EventsPerFold
    from lnmbench_checks.lnm005_target_leakage import TargetLeakage
    from lnmbench_checks.lnm006_pretraining_leakage import PretrainingLeakage
    from lnmbench_checks.lnm007_unconfirmed_differences import UnconfirmedDifferences
    from lnmbench_checks.lnm008_missing_aux_labels import MissingAuxLabels
    from lnmbench_checks.lnm009_redundant_aux_task import RedundantAuxTask
    from lnmbench_checks.lnm010_negative_control import NegativeControl
    from lnmbench_checks.lnm011_calibration_slope import CalibrationSlope
    from lnmbench_checks.lnm012_inner_outer_gap import InnerOuterGap
    from lnmbench_checks.lnm013_target_proxies import TargetProxies
    from lnmbench_checks.lnm014_incomplete_methods import IncompleteMethods
    from lnmbench_checks.lnm015_epoch_limit import EpochLimit
    from lnmbench_checks.lnm016_undeclared_weights import UndeclaredWeights
    from lnmbench_checks.lnm017_similar_images import SimilarImages
    from lnmbench_checks.lnm018_unchanged_predictions import UnchangedPredictions
    from lnmbench_checks.lnm019_unlearned_aux_tasks import UnlearnedAuxTasks
    from lnmbench_checks.lnm020_unregularized_reference import UnregularizedReference
    from lnmbench_checks.lnm021_missing_images import MissingImages

    return {
        "LNM001": PatientLeakage,
        "LNM002": DuplicateImages,
        "LNM003": PostoperativeFeatures,
        "LNM004": EventsPerFold,
        "LNM005": TargetLeakage,
        "LNM006": PretrainingLeakage,
        "LNM007": UnconfirmedDifferences,
        "LNM008": MissingAuxLabels,
        "LNM009": RedundantAuxTask,
        "LNM010": NegativeControl,
        "LNM011": CalibrationSlope,
        "LNM012": InnerOuterGap,
        "LNM013": TargetProxies,
        "LNM014": IncompleteMethods,
        "LNM015": EpochLimit,
        "LNM016": UndeclaredWeights,
        "LNM017": SimilarImages,
        "LNM018": UnchangedPredictions,
        "LNM019": UnlearnedAuxTasks,
        "LNM020": UnregularizedReference,
        "LNM021": MissingImages,
    }
