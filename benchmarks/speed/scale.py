"""Time and peak memory of each stage of a run as the number of cases grows.

    python benchmarks/speed/scale.py --cases 500,2000,8000

The cohorts, of `scale_plugin.py`, have images of noise, and their encoder is one frozen layer:
phantoms and a real encoder would take hours, and all other stages are those of `lnmbench run`.
The methods are the network with an auxiliary task, the same network without it and logistic
regression. Each stage is a process of its own, whose time is measured without its start-up and the
import of large libraries, and whose peak memory is its resident memory, pages that it maps from
files included. The size of the features is that of the cohort's slices in float32. The growth is
the exponent of the CPU time between the last two numbers of cases: 1 is linear, and below 1 a
constant part dominates.
"""

from __future__ import annotations

import argparse
import importlib
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event, Thread

from scale_plugin import PATCH
from timing import make_parser

from lnmbench import environment
from lnmbench.config import Benchmark, read_benchmark
from lnmbench.defaults import DEFAULTS
from lnmbench.progress import SilentProgress
from lnmbench.records import Choice, Preprocessing, RunFolders
from lnmbench.registry import Registry
from lnmbench.rendering import render_page
from lnmbench.stages.ingest import IngestOptions, ingest
from lnmbench.stages.plan import ResolvedBenchmark, ResolvedNetwork, resolve
from lnmbench.stages.report import build_page, compare_methods, read_results
from lnmbench.stages.run import make_feature_cache, run

PLUGIN = str(Path(__file__).with_name("scale_plugin.py"))
_INGEST = IngestOptions(preprocessing=Preprocessing(patch=PATCH))
_LIBRARIES = (
    "torch",
    "scipy.stats",
    "sklearn.linear_model",
    "sklearn.pipeline",
    "matplotlib.figure",
)
_OPTIONS = (
    ("cases", (500, 2000, 8000), "numbers of cases"),
    ("slices", 8, "slices of a case"),
    ("dim", 512, "features of a slice"),
    ("repeats", DEFAULTS.quick.repeats, "repeats of the cross-validation"),
    ("folds", DEFAULTS.quick.folds, "outer folds"),
    ("inner", DEFAULTS.quick.inner, "inner folds"),
)


def make_benchmark(asked: argparse.Namespace) -> Benchmark:
    """Return the benchmark of the three methods."""
    return read_benchmark(
        None,
        {
            "dataset": f"noise:n={asked.cases[0]},slices={asked.slices}",
            "encoder": (f"wide:dim={asked.dim}",),
            "aux": ("stage",),
            "repeats": asked.repeats,
            "folds": asked.folds,
            "inner": asked.inner,
        },
    )


class Stages:
    """The stages of a run in one folder, each of which needs those before it."""

    names = ("ingest", "plan", "encode", "run", "score", "compare", "report")

    def __init__(self, benchmark: Benchmark, folder: Path) -> None:
        self._benchmark, self._registry = benchmark, Registry([PLUGIN])
        self._folders = RunFolders(home=folder / "home", out=folder / "run")

    def prepare(self, name: str) -> Callable[[], object]:
        """Return the work of a stage; what it needs is read before."""
        if name == "encode":
            return partial(self._encode, self._plan())
        if name == "compare":
            return partial(
                compare_methods, read_results(self._run_folder, self._registry), self._registry
            )
        return {
            "ingest": self._ingest,
            "plan": self._plan,
            "run": self._run,
            "score": lambda: read_results(self._run_folder, self._registry),
            "report": self._report,
        }[name]

    @property
    def _run_folder(self) -> Path:
        return self._folders.home.parent / "run"

    def _ingest(self) -> Path:
        return ingest(
            self._benchmark.dataset,
            self._registry,
            home=self._folders.home,
            workers=1,
            progress=SilentProgress(),
            options=_INGEST,
        )

    def _plan(self) -> ResolvedBenchmark:
        return resolve(self._benchmark, self._registry, self._ingest)

    def _encode(self, resolved: ResolvedBenchmark) -> None:
        network = next(each for each in resolved.methods if isinstance(each, ResolvedNetwork))
        make_feature_cache(
            network,
            resolved.cohort,
            resolved.cohort_file,
            self._folders.home,
            SilentProgress(),
        )

    def _run(self) -> None:
        run(
            self._benchmark,
            self._registry,
            folders=self._folders,
            executor=Choice(name="inline"),
            workers=1,
            plugins=(PLUGIN,),
            progress=SilentProgress(),
            ingest_options=_INGEST,
        )

    def _report(self) -> None:
        results = read_results(self._run_folder, self._registry)
        page = render_page(build_page(results, self._registry), "html")
        self._run_folder.joinpath("report.html").write_text(page, encoding="utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Wall-clock and CPU time of a stage, and the peak memory of its process."""

    seconds: float
    cpu_seconds: float
    megabytes: float

    def __str__(self) -> str:
        return f"{self.seconds:.1f} s, CPU {self.cpu_seconds:.1f} s, {self.megabytes:.0f} MB"


def measure_stage(name: str, benchmark: Benchmark, folder: Path) -> None:
    """Print wall-clock and CPU time of a stage, and the peak memory of this process in MB."""
    for library in _LIBRARIES:
        importlib.import_module(library)
    work = Stages(benchmark, folder).prepare(name)
    peaks, finished = [environment.peak_memory_mb()], Event()

    def watch() -> None:
        # a run resets the peak before each chunk
        while not finished.wait(0.02):
            peaks.append(max(peaks.pop(), environment.peak_memory_mb()))

    watcher = Thread(target=watch)
    watcher.start()
    started, worked = time.perf_counter(), time.process_time()
    try:
        work()
    finally:
        finished.set()
        watcher.join()
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - worked
    print(seconds, cpu_seconds, max(*peaks, environment.peak_memory_mb()))


def measure(arguments: list[str], folder: Path) -> dict[str, Measure]:
    """Return the measure of each stage, from processes with these arguments."""
    measured = {}
    for name in Stages.names:
        command = [sys.executable, __file__, *arguments, "--folder", str(folder), "--stage", name]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        seconds, cpu_seconds, megabytes = map(float, output.split()[-3:])
        measured[name] = Measure(seconds=seconds, cpu_seconds=cpu_seconds, megabytes=megabytes)
    return measured


def describe_growth(small: Measure, large: Measure, ratio: float) -> str:
    """Return the exponent of the CPU time in the number of cases."""
    exponent = math.log(large.cpu_seconds / small.cpu_seconds) / math.log(ratio)
    return f"n^{exponent:.2f}"


def main() -> None:
    parser = make_parser(__doc__, _OPTIONS)
    parser.set_defaults(rounds=1)
    parser.add_argument("--stage", choices=Stages.names, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.stage:
        measure_stage(asked.stage, make_benchmark(asked), asked.folder)
        return
    print(
        f"three methods, {make_benchmark(asked).protocol}, {asked.slices} slices, D = {asked.dim}"
    )
    table = {}
    for cases in asked.cases:
        arguments = [f"--{name}={getattr(asked, name)}" for name, _, _ in _OPTIONS[1:]]
        with tempfile.TemporaryDirectory() as folder:
            table[cases] = measure([f"--cases={cases}", *arguments], Path(folder))
        print(f"{cases} cases, {4e-6 * cases * asked.slices * asked.dim:.0f} MB of features:")
        for name, measured in table[cases].items():
            print(f"  {name}: {measured}", flush=True)
    *_, second, last = asked.cases
    print(f"growth of CPU time from {second} to {last} cases:")
    for name in Stages.names:
        print(f"  {name}: {describe_growth(table[second][name], table[last][name], last / second)}")


if __name__ == "__main__":
    main()
