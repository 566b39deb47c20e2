"""The positive control of a cohort, with image features that show the latent and nothing else."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from lnmbench_synthetic.dataset import Synthetic

from lnmbench import choices
from lnmbench.registry import Registry
from lnmbench.stages.ingest import ingest
from lnmbench.store.cohort_file import read_cohort

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def test_it_prints_what_is_attainable_visible_and_gained(
    read_number: Callable[[str, str], float],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    module = importlib.import_module("positive_control")
    progress = importlib.import_module("method_run").NoProgress()
    dataset = choices.parse("synthetic:n=80,images=false,prevalence=0.4,known_pt=0.9")
    cohort = read_cohort(ingest(dataset, Registry(), home=tmp_path, workers=1, progress=progress))
    features = np.random.default_rng(0).standard_normal((80, 20))
    features[:, 0] += 5 * Synthetic(n=80, images=False).patients.invasiveness
    module.print_control(features, cohort, redraws=2, folds=2)
    text = capsys.readouterr().out
    assert read_number(r"  AUC of the true risk +([.\d]+)\n", text) > 0.8
    assert abs(read_number(r"\n  invasiveness +([-.\d]+)\n", text)) > 0.9
    assert read_number(r"and the image score of N2 .*\) +([-+.\d]+) \(", text) == 0
    assert 0 <= read_number(r"  and of the invasiveness +([.\d]+) \(", text) <= 1
