"""Cost and choices of successive halving (Jamieson & Talwalkar 2016) in a hyperparameter search.

Every candidate is trained to its end. From the losses of all epochs follows which half of the
candidates of each outer fold would have been dropped after E epochs, which of the others would have
been chosen, and how many epochs would have been trained: E of each candidate, and all of the
others, from the start.

    python benchmarks/speed/successive_halving.py
    python benchmarks/speed/successive_halving.py --training layers=0 --encoder none \\
        --dataset lydata:root=FOLDER,cohort=2023-isb-multisite --target n1 --aux pt
    python benchmarks/speed/successive_halving.py --training layers=0 --encoder none \\
        --dataset tcga:root=FOLDER,images=no --target n1 --aux pt
    python benchmarks/speed/successive_halving.py --aux pt \\
        --dataset synthetic:n=160,seed=5,visibility=4,effect=3,noise=3,pt=latent
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from timing import make_parser

from lnmbench import choices
from lnmbench.config import read_benchmark
from lnmbench.nets.fit_results import FitResults
from lnmbench.nets.parallel import train
from lnmbench.progress import SilentProgress
from lnmbench.registry import Registry
from lnmbench.stages.ingest import ingest
from lnmbench.stages.plan import (
    CandidateGroup,
    ResolvedBenchmark,
    ResolvedNetwork,
    build_weighting,
    resolve,
)
from lnmbench.stages.run import make_chunk, make_feature_cache
from lnmbench.stages.run.chunk import NetworkChunk, list_fits
from lnmbench.stages.run.network_inputs import network_inputs
from lnmbench.stages.run.networks import repeat_for_candidates, stack_fits
from lnmbench.store.feature_cache import FeatureCache

RUNGS = (2, 3, 4)
_OPTIONS = (
    ("dataset", "synthetic:n=200,seed=14", "the cohort"),
    ("target", "n2", "the target"),
    ("encoder", "efficientnet_lite0", "the frozen encoder"),
    ("aux", "none", "the auxiliary tasks"),
    ("training", "layers=2,learning_rate=0.0005", "the training settings"),
    ("tune", 8, "candidates"),
    ("repeats", 2, "repeats"),
    ("folds", 5, "outer folds"),
    ("inner", 5, "inner folds"),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrainedCandidate:
    """A candidate on one outer fold.

    `losses` are those of each epoch and inner fit, `loss` is the mean of the best ones, `epochs`
    their sum over the fits, and `seconds` the time of one of these epochs.
    """

    number: int
    losses: tuple[tuple[float, ...], ...]
    loss: float
    epochs: tuple[int, ...]
    auc: float
    seconds: float

    def loss_after(self, epochs: int) -> float:
        """Return the mean loss of the fits after so many epochs, or their last one."""
        return statistics.fmean(each[min(epochs, len(each)) - 1] for each in self.losses)


Folds = Sequence[Sequence[TrainedCandidate]]


def choose(candidates: Sequence[TrainedCandidate]) -> TrainedCandidate:
    """Return the candidate with the lowest loss."""
    return min(candidates, key=lambda each: (each.loss, each.number))


def drop_half(
    candidates: Sequence[TrainedCandidate], epochs: int
) -> tuple[Sequence[TrainedCandidate], float]:
    """Return the candidates that are not dropped after some epochs, and the time of all.

    Parameters
    ----------
    candidates
        The candidates of one outer fold.
    epochs
        The number of epochs after which the half with the higher losses is dropped.
    """
    ranked = sorted(candidates, key=lambda each: (each.loss_after(epochs), each.number))
    survivors = ranked[: len(ranked) - len(ranked) // 2]
    short = sum(
        each.seconds * sum(min(epochs, count) for count in each.epochs) for each in candidates
    )
    return survivors, short + sum(each.seconds * sum(each.epochs) for each in survivors)


def train_repeat(
    benchmark: ResolvedBenchmark,
    network: ResolvedNetwork,
    registry: Registry,
    features: FeatureCache | None,
    repeat: int,
) -> tuple[Folds, float]:
    """Return the candidates of each outer fold, and the CPU-seconds of the first one alone."""
    chunk = make_chunk(network, benchmark, repeat, features=features)
    assert isinstance(chunk, NetworkChunk)
    planned = list(list_fits(benchmark.plan, repeat))
    fits = stack_fits(benchmark.cohort, benchmark.plan, planned)
    inputs = network_inputs(network.method, network.tasks, chunk, benchmark.cohort, None)
    weighting = build_weighting(network.method, registry)

    def train_group(group: CandidateGroup) -> tuple[FitResults, float]:
        start = time.process_time()
        results = train(
            inputs, repeat_for_candidates(fits, group), group.method.training, weighting
        )
        return results, time.process_time() - start

    first = network.groups[0]
    train_group(first)  # computes the tokens that all share
    alone = CandidateGroup(method=first.method, candidates=first.candidates[:1])
    _, seconds = train_group(alone)
    tests = [fit.test for fit in planned]
    truth = np.asarray(benchmark.plan.truth)
    by_fold: dict[int, list[TrainedCandidate]] = {}
    for group in network.groups:
        results, group_seconds = train_group(group)
        a_second = group_seconds / int(results.epochs.sum())
        probabilities = next(iter(results.probabilities.values()))
        losses: dict[int, list[float]] = {}
        for epoch in results.history:
            losses.setdefault(epoch.fit, []).append(epoch.validation_loss)
        for i, candidate in enumerate(group.candidates):
            for fold in dict.fromkeys(fit.fold for fit in planned):
                members = [k for k, fit in enumerate(planned) if fit.fold == fold]
                rows, test = [i * len(planned) + k for k in members], tests[members[0]]
                risk = probabilities[rows][:, : len(test), 0][:, test].mean(axis=0)
                by_fold.setdefault(fold, []).append(
                    TrainedCandidate(
                        number=candidate.number,
                        losses=tuple(tuple(losses[row]) for row in rows),
                        loss=float(results.best_loss[rows].mean()),
                        epochs=tuple(results.epochs[rows].tolist()),
                        auc=float(roc_auc_score(truth[test], risk)),
                        seconds=a_second,
                    )
                )
    return list(by_fold.values()), seconds


def describe_full(folds: Folds, seconds: float) -> str:
    """Return the line of a search that trains all candidates to the end.

    Parameters
    ----------
    folds
        The candidates of each outer fold.
    seconds
        The CPU-seconds of one candidate in all folds.
    """
    total = sum(each.seconds * sum(each.epochs) for fold in folds for each in fold)
    auc = statistics.fmean(choose(fold).auc for fold in folds)
    given = statistics.fmean(each.auc for fold in folds for each in fold if each.number == 1)
    ratio = f"{total / seconds:.1f} × one candidate"
    return f"all to the end: {ratio}; AUC {auc:.3f}, of candidate 1 {given:.3f}"


def describe_halving(folds: Folds, seconds: float, epochs: int) -> str:
    """Return the line of a search that drops half of the candidates after some epochs.

    Parameters
    ----------
    folds, seconds
        As in `describe_full`.
    epochs
        The number of epochs.
    """
    halves = [drop_half(fold, epochs) for fold in folds]
    total = sum(cost for _, cost in halves)
    pairs = [(choose(alive), choose(fold)) for (alive, _), fold in zip(halves, folds, strict=True)]
    same = sum(halved is full for halved, full in pairs)
    changes: NDArray[np.float64] = np.array([halved.auc - full.auc for halved, full in pairs])
    error = changes.std(ddof=1) / len(changes) ** 0.5
    return (
        f"half dropped after {epochs} epochs: {total / seconds:.1f} × one candidate; the same"
        f" choice in {same} of {len(folds)} folds; AUC {changes.mean():+.4f} ± {error:.4f}"
    )


def main() -> None:
    options = make_parser(__doc__, _OPTIONS, rounds=False).parse_args()
    torch.set_num_threads(1)
    registry, progress = Registry([]), SilentProgress()
    settings = {name: getattr(options, name) for name, *_ in _OPTIONS}
    settings |= {name: (getattr(options, name),) for name in ("encoder", "aux")}
    settings |= {"training": choices.parse_parameters(options.training), "only": True}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        dataset = choices.parse(options.dataset)
        path = ingest(dataset, registry, home=home, workers=1, progress=progress)
        benchmark = resolve(read_benchmark(None, settings), registry, lambda: path)
        (network,) = (each for each in benchmark.methods if isinstance(each, ResolvedNetwork))
        features = make_feature_cache(network, benchmark.cohort, path, home, progress)
        folds: list[Sequence[TrainedCandidate]] = []
        total = 0.0
        for repeat in range(options.repeats):
            of_repeat, seconds = train_repeat(benchmark, network, registry, features, repeat)
            folds += of_repeat
            total += seconds
    print(describe_full(folds, total))
    for epochs in RUNGS:
        print(describe_halving(folds, total, epochs))


if __name__ == "__main__":
    main()
