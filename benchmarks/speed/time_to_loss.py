"""Time until the default training predicts as well as the training before it at its best.

Both train the same inner fits of one cohort on the same frozen features. After each epoch, the
target's log loss on the test cases is that of the fits as they would be if training ended there:
with the best weights by the validation cases, and averaged over the fits. The training before is
that of commit 039df80: a trained projection, two transformer layers, a constant rate.

    python benchmarks/speed/time_to_loss.py --dataset synthetic:n=200,seed=14
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import torch
from sklearn.metrics import log_loss
from timing import describe_goal, format_number, make_parser

from lnmbench import choices
from lnmbench.config import read_benchmark
from lnmbench.contracts import Weighting
from lnmbench.nets.data.device_data import load_device_data
from lnmbench.nets.fit_results import FitResults
from lnmbench.nets.fits import Fits
from lnmbench.nets.inputs import Inputs
from lnmbench.nets.objective import StackedObjective
from lnmbench.nets.parallel import train
from lnmbench.nets.train_loop import TrainLoop
from lnmbench.progress import SilentProgress
from lnmbench.records import Training
from lnmbench.registry import Registry
from lnmbench.stages.ingest import ingest
from lnmbench.stages.plan import ResolvedNetwork, build_weighting, resolve
from lnmbench.stages.run import make_chunk, make_feature_cache
from lnmbench.stages.run.chunk import NetworkChunk, list_fits
from lnmbench.stages.run.network_inputs import network_inputs
from lnmbench.stages.run.networks import stack_fits

BEFORE = Training(
    learning_rate=5e-4,
    head_learning_rate=0.02,
    schedule="constant",
    warmup_epochs=0,
    feature_penalty=0.0,
    projection="trained",
    layers=2,
    max_epochs=40,
    patience=6,
)
GOAL = 1.5
_OPTIONS = (
    ("dataset", "synthetic:n=200,seed=14", "the cohort"),
    ("encoder", "efficientnet_lite0", "the frozen encoder"),
    ("folds", 5, "outer folds, one repeat"),
    ("inner", 5, "inner folds"),
)


def make_inputs_and_fits(
    dataset: str, encoder: str, folds: int, inner: int, home: Path
) -> tuple[Inputs, Fits, ResolvedNetwork, Registry]:
    """Return the inputs and the fits of one repeat of a network without auxiliary tasks."""
    registry = Registry([])
    path = ingest(choices.parse(dataset), registry, home=home, workers=1, progress=SilentProgress())
    options = {"dataset": dataset, "encoder": (encoder,), "aux": ("none",), "only": True}
    options |= {"repeats": 1, "folds": folds, "inner": inner}
    benchmark = resolve(read_benchmark(None, options), registry, lambda: path)
    (network,) = (method for method in benchmark.methods if isinstance(method, ResolvedNetwork))
    cohort = benchmark.cohort
    features = make_feature_cache(network, cohort, path, home, SilentProgress())
    chunk = make_chunk(network, benchmark, 0, features=features)
    assert isinstance(chunk, NetworkChunk)
    fits = stack_fits(cohort, benchmark.plan, list(list_fits(benchmark.plan, 0)))
    return network_inputs(network.method, (), chunk, cohort, None), fits, network, registry


def test_loss(results: FitResults, inputs: Inputs, fits: Fits) -> float:
    """Return the log loss on the test cases of each fit, averaged over the fits."""
    risks = results.probabilities[inputs.target_name][:, :, 0]  # (K, n)
    tested = (fits.predicted & ~fits.validation).numpy()
    target = inputs.target.numpy()
    return statistics.fmean(
        log_loss(target[cases], risk[cases], labels=[0, 1])
        for risk, cases in zip(risks, tested, strict=True)
    )


def train_and_test(
    inputs: Inputs, fits: Fits, settings: Training, weighting: Weighting
) -> tuple[list[float], list[float]]:
    """Return CPU-seconds and the test loss after each epoch; tests are not in the seconds."""
    start = time.process_time()
    data = load_device_data(inputs, torch.device("cpu"))
    loop = TrainLoop(StackedObjective(inputs, fits, settings, weighting, data), settings)
    seconds, losses, total = [], [], 0.0
    for epoch in range(1, settings.max_epochs + 1):
        loop.run_epoch(epoch)
        total += time.process_time() - start
        seconds.append(total)
        losses.append(test_loss(loop.results(), inputs, fits))
        if loop.stopped_count == len(fits):
            break
        start = time.process_time()
    return seconds, losses


def main() -> None:
    options = make_parser(__doc__, _OPTIONS).parse_args()
    with tempfile.TemporaryDirectory() as home:
        inputs, fits, network, registry = make_inputs_and_fits(
            options.dataset, options.encoder, options.folds, options.inner, Path(home)
        )
    weighting = build_weighting(network.method, registry)
    torch.set_num_threads(1)

    _, losses = train_and_test(inputs, fits, Training(), weighting)
    alone = test_loss(train(inputs, fits, Training(), weighting), inputs, fits)
    print(
        f"agreement: predicting after each epoch changes the loss by {abs(losses[-1] - alone):.1e}"
    )

    ratios = []
    for i in range(options.rounds):
        seconds, losses = train_and_test(inputs, fits, BEFORE, weighting)
        lowest = min(losses)
        before = seconds[losses.index(lowest)]
        seconds, losses = train_and_test(inputs, fits, Training(), weighting)
        reached = next((k for k, loss in enumerate(losses) if loss <= lowest), None)
        if reached is None:
            print(f"round {i + 1}: loss {lowest:.4f} not reached: {min(losses):.4f} at best")
            continue
        ratios.append(before / seconds[reached])
        print(
            f"round {i + 1}: loss {lowest:.4f} after {format_number(before)} CPU-s before, now"
            f" after {format_number(seconds[reached])}; lowest now {min(losses):.4f}",
            flush=True,
        )
    if ratios:
        ratio = statistics.median(ratios)
        print(f"median of {len(fits)} fits: {ratio:.1f} × as fast{describe_goal(ratio, GOAL)}")


if __name__ == "__main__":
    main()
