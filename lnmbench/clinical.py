"""Clinical features of models: imputed, scaled and one-hot, fitted on training cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lnmbench.records import Cohort, Column

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


def feature_frame(cohort: Cohort, cases: NDArray[np.int64]) -> pd.DataFrame:
    """Return the features of some cases, one column for each.

    Parameters
    ----------
    cohort
        The cohort.
    cases
        Positions of the cases in the cohort, (m,).

    Returns
    -------
    DataFrame
        (m, features), float64, NaN if missing. Categorical columns hold the index of the category.
    """
    import pandas as pd

    return pd.DataFrame({c.name: cohort.values[c.name][cases] for c in cohort.features})


def preprocessor(columns: Sequence[Column], *, impute: bool = True) -> Any:
    """Return an unfitted scikit-learn transformer of a feature frame with these columns.

    Numbers, ordinal and binary categories come first: missing values become the median, then zero
    mean and unit variance; without `impute` they are unchanged, NaN where missing. Nominal
    categories follow: one column each, all zero where missing. The categories come from the data
    dictionary, so that the width does not depend on the training cases; median, mean and variance
    do, and are fitted with `fit` on training cases only.

    Parameters
    ----------
    columns
        The columns of the frame that are used.
    impute
        Whether the model needs complete and scaled numbers.
    """
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numeric = [c.name for c in columns if c.kind != "nominal"]
    nominal = [c for c in columns if c.kind == "nominal"]
    median = SimpleImputer(strategy="median", keep_empty_features=True)
    one_hot = OneHotEncoder(
        categories=[[float(i) for i in range(len(c.categories))] for c in nominal],
        handle_unknown="ignore",
        sparse_output=False,
    )
    unknown_is_minus_one = SimpleImputer(
        strategy="constant", fill_value=-1.0, keep_empty_features=True
    )
    steps: list[tuple[str, Any, list[str]]] = []
    if numeric:
        scaled = make_pipeline(median, StandardScaler()) if impute else "passthrough"
        steps.append(("numeric", scaled, numeric))
    if nominal:
        pipeline = make_pipeline(unknown_is_minus_one, one_hot)
        steps.append(("nominal", pipeline, [c.name for c in nominal]))
    return ColumnTransformer(steps)
