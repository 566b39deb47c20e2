"""Positive control: visibility of the risk to an encoder, and the gain by an ideal label.

    python benchmarks/positive_control.py --dataset synthetic:n=250,visibility=4,pt=latent

renders a synthetic cohort, encodes its images with a frozen encoder, and prints

1. the AUCs that are attainable in principle, from the cohort's card;
2. the correlation with each true trait that a ridge regression reaches on the mean features of a
   case, cross-validated;
3. the AUC of N2 by logistic regression on the clinical features; with the image score of N2 in
   addition, learned from N2 alone; and with the image scores of pT or of the true invasiveness in
   addition. Their difference from the second is what the label adds for this encoder and this
   number of cases. N2 is redrawn with its true risk for the same patients.
"""

from __future__ import annotations

import argparse

import numpy as np
from ideal_label import CLINICAL, IMAGE, estimate, measure_visibility, simulate_gain
from linear_pipeline import mean_features
from numpy.typing import NDArray
from power_pool import make_pool

from lnmbench.environment import home
from lnmbench.progress import make_progress
from lnmbench.records import Cohort
from lnmbench.store.cohort_file import read_cohort
from lnmbench.store.feature_cache import read_features

PREFIX = "truth_"
RISK, LATENT = "truth_risk", "truth_invasiveness"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", default="synthetic", help="the cohort with its parameters")
    parser.add_argument("--encoder", default="efficientnet_lite0", help="the frozen encoder")
    parser.add_argument("--redraws", type=int, default=40, help="redraws of N2")
    parser.add_argument("--folds", type=int, default=5, help="outer folds")
    parser.add_argument("--processes", type=int, default=1, help="processes that render phantoms")
    options = parser.parse_args()
    with make_progress() as progress:
        pool = make_pool(
            options.dataset,
            options.encoder,
            home=home(),
            processes=options.processes,
            device="cpu",
            progress=progress,
        )
    cohort = read_cohort(pool.cohort_file)
    features = mean_features(read_features(pool.features)["features"][0], cohort.offsets)
    print(f"{options.dataset}: {len(cohort)} cases, {options.encoder}, frozen")
    print_control(features, cohort, redraws=options.redraws, folds=options.folds)


def print_control(
    features: NDArray[np.float64], cohort: Cohort, *, redraws: int, folds: int
) -> None:
    """Print the positive control of a cohort.

    Parameters
    ----------
    features
        Mean image features of the cases, (n, p).
    cohort
        A synthetic cohort, which has its truth in columns.
    redraws
        Redraws of N2.
    folds
        Outer folds.
    """
    _print_truth(cohort)
    _print_visibility(features, cohort, folds)
    _print_gain(features, cohort, redraws=redraws, folds=folds)


def encode_t_stage(cohort: Cohort) -> NDArray[np.float64]:
    """Return pT (n, 7), one column per stage; NaN where it is unknown."""
    stage = np.asarray(cohort.values["pt"], dtype=np.float64)
    columns = (stage[:, None] == np.arange(7)).astype(np.float64)
    columns[np.isnan(stage)] = np.nan
    return columns


def _print_truth(cohort: Cohort) -> None:
    print("\nattainable in principle")
    for name, value in cohort.card.truth.items():
        print(f"  {name:<55} {value:.3f}")


def _print_visibility(features: NDArray[np.float64], cohort: Cohort, folds: int) -> None:
    names = [name for name in cohort.values if name.startswith(PREFIX)]
    labels = np.column_stack([np.asarray(cohort.values[name], float) for name in names])
    reached = measure_visibility(features, labels, folds=folds, repeats=5)
    print("\ncorrelation of a ridge score of the features with the truth, cross-validated")
    for name, values in zip(names, reached.T, strict=True):
        print(f"  {name.removeprefix(PREFIX):<55} {values.mean():.2f}")


def _print_gain(features: NDArray[np.float64], cohort: Cohort, *, redraws: int, folds: int) -> None:
    risk, latent = (np.asarray(cohort.values[name], float) for name in (RISK, LATENT))
    labels = {"and of pT": encode_t_stage(cohort), "and of the invasiveness": latent[:, None]}
    areas = simulate_gain(features, cohort, risk, labels, redraws=redraws, folds=folds, seed=0)
    print(f"\nAUC of N2, {redraws} redraws (Monte Carlo error), and the difference from the second")
    for name in (CLINICAL, IMAGE, *labels):
        area, gain = estimate(areas[name]), estimate(areas[name] - areas[IMAGE])
        print(
            f"  {name:<55} {area.mean:.3f} ({area.error:.3f})   {gain.mean:+.3f} ({gain.error:.3f})"
        )


if __name__ == "__main__":
    main()
