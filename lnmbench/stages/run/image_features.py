"""Features of images for baselines: those of a frozen encoder, or of networks out of fold."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Cohort, Column, NetworkMethod, Plan
from lnmbench.registry import Registry
from lnmbench.registry.boundary.image_baselines import GuardedImageBaseline
from lnmbench.stages.run.chunk import BaselineChunk, Fit
from lnmbench.stages.run.feature_table import FeatureTable
from lnmbench.stages.run.learned_features import learn_features
from lnmbench.stages.run.network_images import image_positions
from lnmbench.stages.run.network_inputs import average_slices, case_rows
from lnmbench.store.feature_cache import FeatureCache, read_features


def image_features(
    chunk: BaselineChunk, cohort: Cohort, registry: Registry
) -> Callable[[Fit], NDArray[np.float64]]:
    """Return a function of a fit of the chunk that returns features of all cases, (n, d).

    They are those of the frozen encoder, averaged over the slices of a case, the same for all fits.
    If the network of the baseline has auxiliary tasks, it learns these alone, in each fit anew.

    Parameters
    ----------
    chunk
        A baseline on features of images and the repeat.
    cohort
        The cohort of the chunk.
    registry
        The plugins that the method uses.
    """
    network, cache = chunk.method.network, chunk.features
    if network is None or cache is None:
        raise ValueError(f"{chunk.method.label} has no features of images")
    if network.aux:
        learned = learn_features(chunk, network, cohort, registry)
        return lambda fit: learned[fit.fold, fit.inner]
    pooled = pool_features(network, cache, cohort, chunk.plan)
    return lambda fit: pooled


def add_image_columns(
    table: FeatureTable, features: NDArray[np.float64], fit: Fit, baseline: GuardedImageBaseline
) -> tuple[FeatureTable, ...]:
    """Return the clinical features, followed by features of images, for each reduction of these.

    A reduction is fitted to the training cases with images. If a case has none, its features of
    images are 0, and a last feature says which cases have images.

    Parameters
    ----------
    table
        The clinical features.
    features
        Features of images, (n, d), NaN for cases without images.
    fit
        The fit to whose training cases the baseline's reduction is fitted.
    baseline
        The baseline on features of images.
    """
    has_images = ~np.isnan(features).all(axis=1)
    names = {column.name for column in table.columns}
    stem = "image feature"
    while any(name.startswith(stem) for name in names):
        stem += "_"

    def join(shown: NDArray[np.float64]) -> FeatureTable:
        reduced = np.zeros((len(features), shown.shape[1]))
        reduced[has_images] = shown
        numbers = range(1, reduced.shape[1] + 1)
        columns = [Column(name=f"{stem} {i}", role="feature") for i in numbers]
        if not has_images.all():
            columns.append(Column(name=f"{stem}s known", role="feature"))
            reduced = np.column_stack([reduced, has_images])
        return table.join(columns, reduced)

    return tuple(
        join(baseline.reduce(features[has_images], fit.training[has_images], settings))
        for settings in baseline.reductions
    )


def pool_features(
    network: NetworkMethod, cache: FeatureCache, cohort: Cohort, plan: Plan
) -> NDArray[np.float64]:
    """Return the features of a frozen encoder, averaged over the slices of each case, (n, D).

    They are NaN for cases without images.

    Parameters
    ----------
    network
        The encoder.
    cache
        Its feature cache.
    cohort
        The cohort.
    plan
        The plan, which has the n cases.
    """
    positions = image_positions(network, cohort, cohort.positions(plan.ids), plan.protocol)
    features = read_features(cache)["features"][0]  # (slices, D), of volumes (cases, D)
    means = average_slices(network, cohort, positions, features)
    counts, _ = case_rows(network, cohort, positions, features)
    if np.isnan(means[counts > 0]).any():
        raise ValueError(f"features of {network.encoder.name} are not finite")
    return means
