from __future__ import annotations

import numpy as np
from lnmbench_image_baselines.components import LeadingComponents


def test_scores_are_those_of_a_singular_value_decomposition_of_the_training_cases() -> None:
    random = np.random.default_rng(0)
    features = random.normal(size=(30, 8)) * np.arange(1, 9) + 5
    training, scored = features[:20], features[20:]
    mean, deviation = training.mean(0), training.std(0)
    _, _, axes = np.linalg.svd((training - mean) / deviation)
    expected = ((scored - mean) / deviation) @ axes[:3].T
    scores = LeadingComponents(3).fit(training).transform(scored)
    signs = np.sign((scores * expected).sum(0))
    np.testing.assert_allclose(scores * signs, expected, atol=1e-9)


def test_few_cases_have_fewer_components() -> None:
    features = np.random.default_rng(0).normal(size=(6, 40))
    assert LeadingComponents(16).fit(features).transform(features).shape == (6, 5)
    assert LeadingComponents(16).fit(features[:, :3]).transform(features[:, :3]).shape == (6, 3)
