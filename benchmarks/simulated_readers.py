"""Predictions of simulated readers for a synthetic cohort, as a file of outside predictions.

    python benchmarks/simulated_readers.py --cases 160 --output readers.csv

Each reader sees the true log odds of N2 with normal noise. Two of them call the 30 % of cases
positive that look most suspicious to them; software gives a probability.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np
from lnmbench_synthetic.dataset import Synthetic
from numpy.typing import NDArray

CALLED = 0.3
"""Share of the cases that a reader calls positive."""
NOISE = {"reader_1": 1.6, "reader_2": 2.2, "software": 1.2}
"""SD of the noise in the log odds that each reader sees, in SDs of the log odds."""


def simulate(cases: int, seed: int) -> tuple[list[str], dict[str, NDArray[np.float64]]]:
    """Return ids, and the log odds that each reader sees, (cases,)."""
    dataset = Synthetic(n=cases, seed=seed, images=False)
    risk = dataset.nodes.risk
    log_odds = np.log(risk / (1.0 - risk))
    random = np.random.default_rng((seed, 100))
    noisy = {
        reader: log_odds + noise * log_odds.std() * random.standard_normal(cases)
        for reader, noise in NOISE.items()
    }
    return [case.id for case in dataset.cases()], noisy


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=160)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, default=Path("readers.csv"))
    options = parser.parse_args()
    ids, noisy = simulate(options.cases, options.seed)
    with options.output.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["case", *noisy])
        cuts = {reader: np.quantile(values, 1.0 - CALLED) for reader, values in noisy.items()}
        for index, case in enumerate(ids):
            row = [
                f"{1.0 / (1.0 + np.exp(-values[index])):.4f}"
                if reader == "software"
                else ("yes" if values[index] > cuts[reader] else "no")
                for reader, values in noisy.items()
            ]
            writer.writerow([case, *row])


if __name__ == "__main__":
    main()
