"""A classifier of any package, by its import path."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Literal

from lnmbench.classical import ClassicalModel, grid
from lnmbench_baselines.imported_classifier import make_classifier, source_version
from lnmbench_baselines.limits import require_seed
from lnmbench_baselines.parameter_values import parse_values


def sklearn(
    path: str, parameters: str = "", missing: Literal["impute", "keep"] = "impute", seed: int = 0
) -> ClassicalModel:
    """A classifier with predict_proba, named by its import path.

    Parameters
    ----------
    path
        Import path of a class or of an unfitted object, e.g.
        `sklearn.ensemble.ExtraTreesClassifier`. Its module is imported, so that its code runs.
    parameters
        Parameters of the classifier, joined by `+`: `n_estimators=200+max_depth=3`. Of several
        values, `max_depth=2+4+8`, the inner folds choose one.
    missing
        `impute`: numbers are imputed and scaled. `keep`: they are unchanged, NaN where missing.
    seed
        Seed, for parameters named `random_state` that are not set.
    """
    require_seed("sklearn", seed)
    values = parse_values(parameters)
    first = {name: options[0] for name, options in values.items()}
    make_classifier(path, first, seed)  # refuse before anything is planned
    searched = {name: options for name, options in values.items() if len(options) > 1}

    def classifier() -> Any:
        return make_classifier(path, first, seed)

    versions: Mapping[str, str] = source_version(path)
    return ClassicalModel(
        classifier=classifier,
        search=grid(**searched),
        impute=missing == "impute",
        list_versions=partial(dict, versions),
    )
