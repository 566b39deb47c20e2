"""Time of each part of the paper's protocol, for two methods with a frozen ResNet50.

The methods are the network with pT as an auxiliary task and the same network without it, on the
synthetic cohort, in a temporary home: ingest, encode, train, report, as `lnmbench run` does them.
With two rounds or more, the largest difference of their probabilities is printed; on one device it
should be 0.

    python benchmarks/speed/protocol.py --device cuda
    python benchmarks/speed/protocol.py --device cpu --quick
"""

from __future__ import annotations

import statistics
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from progress import TimedProgress
from timing import make_parser

from lnmbench.choices import parse_parameters
from lnmbench.config import Benchmark, read_benchmark
from lnmbench.defaults import DEFAULTS
from lnmbench.progress import format_duration
from lnmbench.records import TARGET, Choice, Protocol, Resources, RunFolders
from lnmbench.registry import Registry
from lnmbench.stages.report import build_blocks, read_results
from lnmbench.stages.run import run
from lnmbench.store.ledger import LedgerReader

TARGET_SECONDS = 300.0
_PAPER = Protocol()
_OPTIONS = (
    ("device", "auto", "where networks run: auto, cpu, cuda"),
    ("encoder", "resnet50:weights=random", "the frozen encoder"),
    ("dataset", "synthetic", "the cohort"),
    ("training", "", "training settings that are not the default, as for lnmbench run"),
    ("repeats", _PAPER.repeats, "repeats of the cross-validation"),
    ("folds", _PAPER.folds, "outer folds"),
    ("inner", _PAPER.inner, "inner folds"),
    ("workers", 2, "threads that ingest cases"),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Timing:
    """What one run took, by part, its peak memory, and its probabilities (methods, repeats, n)."""

    seconds: dict[str, float]
    memory_gb: float
    probabilities: NDArray[np.float64]

    @property
    def total(self) -> float:
        return sum(self.seconds.values())


def timed(benchmark: Benchmark, *, device: str, workers: int) -> Timing:
    """Run a benchmark from nothing and report it."""
    registry, progress = Registry(), TimedProgress()
    with tempfile.TemporaryDirectory() as name:
        start = time.perf_counter()
        folder = run(
            benchmark,
            registry,
            folders=RunFolders(home=Path(name) / "home", out=Path(name) / "run"),
            executor=Choice(name="inline"),
            workers=workers,
            plugins=(),
            progress=progress,
            resources=Resources(device=device),
        )
        ran = time.perf_counter() - start
        results = read_results(folder, registry)
        build_blocks(results, registry)
        reported = time.perf_counter() - start - ran
        with LedgerReader.open(folder) as ledger:
            methods = [method.fingerprint for method in ledger.methods()]
            predicted = np.stack([ledger.predictions(method, TARGET) for method in methods])
            memory_mb = max(ledger.cost(method).memory_mb for method in methods)
    parts = {**progress.seconds, "rest of the run": ran - sum(progress.seconds.values())}
    return Timing(
        seconds={**parts, "report": reported},
        memory_gb=memory_mb / 1e3,
        probabilities=predicted[..., 0],
    )


def benchmark_of(
    *, encoder: str, dataset: str, training: str, repeats: int, folds: int, inner: int
) -> Benchmark:
    """Return the benchmark of the two methods."""
    asked = {
        "encoder": (encoder,),
        "aux": ("pt", "none"),
        "dataset": dataset,
        "only": True,
        "training": parse_parameters(training) if training else None,
    }
    return read_benchmark(None, {**asked, "repeats": repeats, "folds": folds, "inner": inner})


def main() -> None:
    parser = make_parser(__doc__, _OPTIONS)
    parser.set_defaults(rounds=1)
    parser.add_argument("--quick", action="store_true", help="the folds of lnmbench run --quick")
    asked = parser.parse_args()
    folding = {name: getattr(asked, name) for name in asdict(DEFAULTS.quick)}
    benchmark = benchmark_of(
        encoder=asked.encoder,
        dataset=asked.dataset,
        training=asked.training,
        **(asdict(DEFAULTS.quick) if asked.quick else folding),
    )
    print(f"two methods, {benchmark.protocol}, {asked.encoder}, {asked.dataset}, {asked.device}")
    timings = []
    for i in range(asked.rounds):
        timings.append(timed(benchmark, device=asked.device, workers=asked.workers))
        print(f"round {i + 1}: {format_duration(timings[-1].total)}", flush=True)
    for part in timings[0].seconds:
        seconds = statistics.median(timing.seconds[part] for timing in timings)
        print(f"  {part}: {seconds:.1f} s")
    total = statistics.median(timing.total for timing in timings)
    goal = ""
    if benchmark.protocol == Protocol(target=benchmark.protocol.target):
        reached = "reached" if total <= TARGET_SECONDS else "not reached"
        goal = f" (target on a GPU {format_duration(TARGET_SECONDS)}: {reached})"
    print(f"median: {total:.1f} s in all{goal}")
    print(f"peak memory: training {max(timing.memory_gb for timing in timings):.2f} GB")
    if len(timings) > 1:
        first, *others = (timing.probabilities for timing in timings)
        apart = max(float(np.nanmax(np.abs(first - other))) for other in others)
        print(f"agreement: probabilities of the rounds differ by {apart:.1e} at most")


if __name__ == "__main__":
    main()
