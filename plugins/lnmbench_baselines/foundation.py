"""Tabular foundation models with weights from a file: TabPFN and TabICL."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from lnmbench.classical import ClassicalModel
from lnmbench_baselines.limits import require_positive, require_seed
from lnmbench_baselines.packages import package_version, require_package, require_weights


def tabpfn(
    weights: Path, estimators: int = 4, seed: int = 0, device: str = "cpu"
) -> ClassicalModel:
    """TabPFN, a network trained on synthetic tables; nothing to tune.

    Parameters
    ----------
    weights
        File of the weights; they are never downloaded.
    estimators
        Number of passes with transformed columns, whose mean is the prediction.
    seed
        Seed of the transformations.
    device
        Device that computes, as for torch.
    """

    return _make_model("tabpfn", weights, estimators=estimators, seed=seed, device=device)


def tabicl(
    weights: Path, estimators: int = 8, seed: int = 0, device: str = "cpu"
) -> ClassicalModel:
    """TabICL, a network trained on synthetic tables; nothing to tune.

    Parameters
    ----------
    weights
        File of the weights; they are never downloaded.
    estimators
        Number of passes with transformed columns, whose mean is the prediction.
    seed
        Seed of the transformations.
    device
        Device that computes, as for torch.
    """

    return _make_model("tabicl", weights, estimators=estimators, seed=seed, device=device)


def _make_model(
    package: str, weights: Path, *, estimators: int, seed: int, device: str
) -> ClassicalModel:
    require_positive(package, estimators=estimators)
    require_seed(package, seed)
    require_package(package)
    path = require_weights(package, weights)

    def classifier() -> Any:
        from lnmbench_baselines.foundation_classifier import FoundationClassifier

        return FoundationClassifier(
            package=package, path=str(path), estimators=estimators, seed=seed, device=device
        )

    return ClassicalModel(
        classifier=classifier, impute=False, list_versions=partial(package_version, package)
    )
