"""Gradient boosting of optional packages: XGBoost, LightGBM and CatBoost."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from lnmbench.classical import ClassicalModel, grid
from lnmbench_baselines.limits import require_positive, require_seed
from lnmbench_baselines.packages import package_version, require_package
from lnmbench_baselines.trees import DEPTHS, RATES

SHARE = 0.8
"""Share of cases and of features that a tree gets."""
LEAF_CASES = 10


def xgboost(trees: int = 100, seed: int = 0) -> ClassicalModel:
    """XGBoost; depth and learning rate from the inner folds.

    Parameters
    ----------
    trees
        Number of trees.
    seed
        Seed of the samples of cases and features.
    """

    def classifier() -> Any:
        from xgboost import XGBClassifier

        return XGBClassifier(
            n_estimators=trees,
            subsample=SHARE,
            colsample_bytree=SHARE,
            reg_lambda=1.0,
            tree_method="hist",
            device="cpu",
            n_jobs=1,
            random_state=seed,
            verbosity=0,
        )

    return _make_model("xgboost", classifier, trees=trees, seed=seed)


def lightgbm(trees: int = 100, seed: int = 0) -> ClassicalModel:
    """LightGBM; depth and learning rate from the inner folds.

    Parameters
    ----------
    trees
        Number of trees.
    seed
        Seed of the samples of cases and features.
    """

    def classifier() -> Any:
        from lightgbm import LGBMClassifier

        return LGBMClassifier(
            n_estimators=trees,
            min_child_samples=LEAF_CASES,
            subsample=SHARE,
            subsample_freq=1,
            colsample_bytree=SHARE,
            reg_lambda=1.0,
            n_jobs=1,
            random_state=seed,
            deterministic=True,
            force_row_wise=True,
            verbosity=-1,
        )

    return _make_model("lightgbm", classifier, trees=trees, seed=seed)


def catboost(trees: int = 100, seed: int = 0) -> ClassicalModel:
    """CatBoost; depth and learning rate from the inner folds.

    Parameters
    ----------
    trees
        Number of trees.
    seed
        Seed of the samples of cases and features.
    """

    def classifier() -> Any:
        from catboost import CatBoostClassifier

        return CatBoostClassifier(
            iterations=trees,
            rsm=SHARE,
            boost_from_average=True,  # as the others; else few trees overestimate rare events
            thread_count=1,
            random_seed=seed,
            allow_writing_files=False,
            verbose=False,
        )

    return _make_model("catboost", classifier, trees=trees, seed=seed, depth="depth")


def _make_model(
    name: str, classifier: Callable[[], Any], *, trees: int, seed: int, depth: str = "max_depth"
) -> ClassicalModel:
    require_positive(name, trees=trees)
    require_seed(name, seed)
    require_package(name)
    search = grid(**{"learning_rate": RATES, depth: DEPTHS})
    versions = partial(package_version, name)
    return ClassicalModel(
        classifier=classifier, search=search, impute=False, list_versions=versions
    )
