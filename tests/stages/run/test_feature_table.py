"""The table of features."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from lnmbench.records import Column, FeatureSelection
from lnmbench.stages.run.feature_table import FeatureTable, describe_selections


def test_features_of_images_follow_those_of_the_cohort() -> None:
    age, first, second = (Column(name=name, role="feature") for name in ("age", "x", "y"))
    table = FeatureTable(columns=(age,), frame=pd.DataFrame({"age": [1.0, 2.0]}))
    joined = table.join([first], np.array([[3.0], [4.0]])).join([second], np.array([[5.0], [6.0]]))
    assert joined.cohort_columns == (age,)
    assert joined.columns == (age, first, second)
    assert joined.frame.to_numpy().tolist() == [[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]]
    assert table.cohort_columns == (age,)


def test_the_selected_features_of_each_fit_are_named() -> None:
    age = Column(name="age", role="feature")
    wide = [Column(name=f"x{i}", role="feature", modality="cfdna") for i in range(3)]
    table = FeatureTable(
        columns=(age, *wide),
        frame=pd.DataFrame(np.zeros((2, 4)), columns=["age", "x0", "x1", "x2"]),
        selection=FeatureSelection(method="mrmr", most=2),
    )
    selections = describe_selections(table, [[(age, wide[2], wide[0])], [None]])
    (each,) = selections.modalities if selections else ()
    assert (each.modality, each.candidates) == ("cfdna", 3)
    assert each.fits == ((("x2", "x0"),), (None,))
    narrow = replace(table, selection=FeatureSelection(method="mrmr", most=3))
    assert describe_selections(narrow, [[(age, *wide)]]) is None
