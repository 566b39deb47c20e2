"""Ensembles of decision trees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lnmbench import Column
from lnmbench.classical import ClassicalModel, grid
from lnmbench_baselines.limits import require_positive, require_seed

DEPTHS = (1, 2, 4)
RATES = (0.02, 0.06, 0.2)


def random_forest(trees: int = 200, seed: int = 0) -> ClassicalModel:
    """Random forest; size of the leaves and features of a split from the inner folds.

    Parameters
    ----------
    trees
        Number of trees.
    seed
        Seed of the samples of cases and features.
    """
    require_positive("random_forest", trees=trees)
    require_seed("random_forest", seed)

    def classifier() -> Any:
        from sklearn.ensemble import RandomForestClassifier

        return RandomForestClassifier(n_estimators=trees, random_state=seed)

    search = grid(min_samples_leaf=(40, 15, 5), max_features=("sqrt", 0.5))
    return ClassicalModel(classifier=classifier, search=search, impute=False)


def hist_gradient_boosting(trees: int = 100, seed: int = 0) -> ClassicalModel:
    """Gradient boosting of binned features; depth and learning rate from the inner folds.

    Parameters
    ----------
    trees
        Number of trees.
    seed
        Seed of the algorithm.
    """
    require_positive("hist_gradient_boosting", trees=trees)
    require_seed("hist_gradient_boosting", seed)

    def classifier() -> Any:
        from sklearn.ensemble import HistGradientBoostingClassifier

        return HistGradientBoostingClassifier(
            max_iter=trees,
            l2_regularization=1.0,
            min_samples_leaf=10,
            early_stopping=False,
            random_state=seed,
        )

    return ClassicalModel(
        classifier=classifier,
        search=grid(learning_rate=RATES, max_depth=DEPTHS),
        impute=False,
        transformers=_fill_empty_columns,
    )


def _fill_empty_columns(columns: Sequence[Column]) -> Sequence[tuple[str, Any]]:
    """Return the transformer without which the binning of scikit-learn fails."""
    from lnmbench_baselines.empty_columns import EmptyColumns

    return [("empty", EmptyColumns())]
