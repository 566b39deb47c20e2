"""Execution of a chunk."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from lnmbench import Cohort, UserError
from lnmbench.config import read_benchmark
from lnmbench.contracts import Progress
from lnmbench.records import BaselineMethod, Choice
from lnmbench.registry import Registry
from lnmbench.stages.ingest import ingest
from lnmbench.stages.plan import resolve
from lnmbench.stages.run import BaselineChunk, execute, execution, make_chunk
from lnmbench.stages.run.execution import is_of_execution
from lnmbench.store import cohort_opening
from lnmbench.store.cohort_file import read_cohort


def test_a_chunk_has_the_results_of_each_unit_with_their_time(
    tmp_path: Path, silent: Progress
) -> None:
    registry = Registry()
    dataset = Choice(name="synthetic", parameters={"n": 60, "images": False})
    path = ingest(dataset, registry, home=tmp_path, workers=1, progress=silent)
    options = {"aux": "none", "encoder": "none", "repeats": 1, "folds": 3, "inner": 2}
    benchmark = read_benchmark(None, {**options, "training": {"max_epochs": "2"}})
    resolved = resolve(benchmark, registry, lambda: path)
    for method in resolved.methods:
        chunk = make_chunk(method, resolved, 0, features=None)
        once, again = execute(chunk), execute(chunk)
        assert [result.unit.fold for result in once] == [0, 1, 2]
        assert {result.unit.method for result in once} == {method.method.fingerprint}
        assert all(result.seconds > 0 and result.memory_mb > 1 for result in once)
        for first, second in zip(once, again, strict=True):
            np.testing.assert_array_equal(first.test["target"], second.test["target"])


def test_the_chunks_of_a_process_read_a_cohort_once(
    tmp_path: Path, silent: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = Choice(name="synthetic", parameters={"n": 60, "images": False})
    path = ingest(dataset, Registry(), home=tmp_path, workers=1, progress=silent)
    paths = []

    def read(path: Path) -> Cohort:
        paths.append(path)
        return read_cohort(path)

    monkeypatch.setattr(execution, "read_cohort", read)
    monkeypatch.setattr(cohort_opening, "SETTLED_NS", 0)  # the file was made just now
    first = execution._read_cohort(path)
    expected = {name: values.copy() for name, values in first.values.items()}
    for values in first.values.values():
        values[:] = values[0]
    second = execution._read_cohort(path)
    assert len(paths) == 1
    assert second.fingerprint == first.fingerprint
    for name, values in second.values.items():
        np.testing.assert_array_equal(values, expected[name])
    os.utime(path)
    execution._read_cohort(path)
    assert len(paths) == 2


def test_an_error_of_the_executor_is_told_from_one_of_a_chunk(tmp_path: Path) -> None:
    chunk = BaselineChunk(
        method=BaselineMethod(label="x", baseline=Choice(name="x")),
        repeat=0,
        folds=(0,),
        plan=None,  # type: ignore[arg-type]  # not reached
        cohort_file=tmp_path / "none.h5",
    )
    with pytest.raises(UserError) as failure:
        execute(chunk)
    assert is_of_execution(failure.value)
    assert not is_of_execution(OSError("lost node"))
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        error = pool.submit(execute, chunk).exception()
    assert error is not None
    assert is_of_execution(error)


def test_plugins_of_the_environment_are_those_of_now(
    tmp_path: Path, silent: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second benchmark in one Python process may name others."""
    plugin = tmp_path / "later.py"
    plugin.write_text(
        "from lnmbench import hookimpl\n"
        "from lnmbench_baselines.logistic import logistic\n\n"
        "@hookimpl\n"
        "def register_baselines():\n"
        "    return {'later': logistic}\n"
    )
    dataset = Choice(name="synthetic", parameters={"n": 60, "images": False})
    path = ingest(dataset, Registry(), home=tmp_path, workers=1, progress=silent)
    for name in ("logistic", "later"):
        if name == "later":
            monkeypatch.setenv("LNMBENCH_PLUGINS", str(plugin))
        registry = Registry()
        options = {"baseline": (name,), "only": True, "repeats": 1, "folds": 3, "inner": 2}
        resolved = resolve(read_benchmark(None, options), registry, lambda: path)
        chunk = make_chunk(resolved.methods[0], resolved, 0, features=None)
        assert [result.unit.fold for result in execute(chunk)] == [0, 1, 2]
