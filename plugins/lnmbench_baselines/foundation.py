"""Tabular foundation models with weights from a file: TabPFN and TabICL."""

from __future__ import annotations

from collections.abc import Callable
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

    def classifier(path: str) -> Any:
        from lnmbench_baselines.tabpfn_classifier import FileTabPFN

        return FileTabPFN(path=path, estimators=estimators, seed=seed, device=device)

    return _make_model("tabpfn", classifier, weights=weights, estimators=estimators, seed=seed)


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

    def classifier(path: str) -> Any:
        from tabicl import TabICLClassifier

        return TabICLClassifier(
            n_estimators=estimators,
            model_path=path,
            allow_auto_download=False,
            device=device,
            random_state=seed,
            n_jobs=1,
        )

    return _make_model("tabicl", classifier, weights=weights, estimators=estimators, seed=seed)


def _make_model(
    name: str, classifier: Callable[[str], Any], *, weights: Path, estimators: int, seed: int
) -> ClassicalModel:
    require_positive(name, estimators=estimators)
    require_seed(name, seed)
    require_package(name)
    path = require_weights(name, weights)
    return ClassicalModel(
        classifier=partial(classifier, str(path)),
        impute=False,
        list_versions=partial(package_version, name),
    )
