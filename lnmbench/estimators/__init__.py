"""Classifiers of scikit-learn that become baselines: by their import path, or as objects."""

from lnmbench.estimators.classifier import make_unknown_error, require_classifier, set_seeds
from lnmbench.estimators.code_versions import module_version
from lnmbench.estimators.passed_estimator import Estimator, estimator

__all__ = [
    "Estimator",
    "estimator",
    "make_unknown_error",
    "module_version",
    "require_classifier",
    "set_seeds",
]
