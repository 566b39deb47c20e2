"""Benchmarks: settings of a run, from options and a TOML file."""

from lnmbench.config.benchmark import Benchmark, BenchmarkOptions, ChoiceSetting
from lnmbench.config.benchmark_file import read_benchmark
from lnmbench.config.setting_values import Sweep

__all__ = ["Benchmark", "BenchmarkOptions", "ChoiceSetting", "Sweep", "read_benchmark"]
