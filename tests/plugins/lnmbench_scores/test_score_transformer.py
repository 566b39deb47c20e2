"""The linear predictor as a transformer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from lnmbench_scores.coefficient_file import read_coefficients
from lnmbench_scores.linear_predictor import find_sources
from lnmbench_scores.score_transformer import ScoreTransformer
from sklearn.base import clone

from lnmbench import Cohort


def test_missing_terms_are_those_of_the_training_cases(
    coefficient_path: Path, cohort: Cohort
) -> None:
    score = read_coefficients(coefficient_path, "")
    sources = find_sources(score, cohort.columns, {}, where="score")
    features = pd.DataFrame({column.name: cohort.values[column.name] for column in cohort.features})
    transformer = clone(ScoreTransformer(score, sources, "score"))
    complete = transformer.fit(features).transform(features)
    assert complete.shape == (4, 1)
    lacking = features.copy()
    lacking.loc[0, "central"] = np.nan
    changed = transformer.fit(features.iloc[1:]).transform(lacking)
    np.testing.assert_allclose(changed[1:], complete[1:])
    # two of the three training cases are central
    assert changed[0, 0] - complete[0, 0] == np.float64(1.2) * 2 / 3
    empty = features.assign(cea=np.nan)
    assert np.isfinite(transformer.fit(empty).transform(empty)).all()
