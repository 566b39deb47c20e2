"""Settings of a run."""

from __future__ import annotations

import pytest

from lnmbench import UserError
from lnmbench.config import Benchmark, BenchmarkOptions, read_benchmark


@pytest.mark.parametrize("count", [-1, 1000, "many"])
def test_a_wrong_number_of_controls_is_refused(count: object) -> None:
    with pytest.raises(UserError, match="wrong value for controls"):
        read_benchmark(None, {"controls": count})  # type: ignore[typeddict-item]


def test_options_are_the_settings_of_a_benchmark_file() -> None:
    assert set(BenchmarkOptions.__annotations__) == set(Benchmark.model_fields)
