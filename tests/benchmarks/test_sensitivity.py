"""The tables of network and ten-line pipeline, and a simulated cohort."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
Run = Callable[[str], str]
HEADER = (
    "cohort,number,label,aux,repeats,folds,inner,cases,positives,pipeline,network,low,high,seconds"
)
ROW = "synthetic A,0,before,none,2,5,3,600,150,0.78,0.75,-0.05,-0.01,41.2"


def test_stored_cohorts_are_printed(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    out.write_text(f"{HEADER}\n{ROW}\nsynthetic B,0,bef", encoding="utf-8")  # killed while writing
    printed = run(f"sensitivity --out {out} --format markdown")
    expected = (
        "| synthetic A | before | none | 600 | 150 | 2 × 5 × 3 | .780 | .750"
        " | −.030 (−.050 to −.010) | 41 |"
    )
    assert expected in printed
    assert out.read_text(encoding="utf-8") == f"{HEADER}\n{ROW}\n"


def test_simulated_cohorts_are_averaged(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    scores = ((40, 0.74, 0.75), (30, 0.70, 0.70), (41, 0.78, 0.75))
    rows = [
        f'"held out, n=160",{number},defaults,none,2,5,3,160,{positives},{pipeline},{network},0,0,1'
        for number, (positives, pipeline, network) in enumerate(scores, start=1)
    ]
    out.write_text("\n".join((HEADER, *rows, ROW, "")), encoding="utf-8")
    printed = run(f"sensitivity --out {out} --format markdown")
    # differences .01, .00, −.03: mean −.0067, SD .0208, √3 cohorts
    cells = "160 | 37 | 2 × 5 × 3 | 3 | .740 | .733 | −.007 ± .012 | .67 |"
    assert f"| held out, n=160 | defaults | none | {cells}" in printed
    assert "| synthetic A | before | none |" in printed


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """Import a module of the benchmarks."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module


def test_held_out_kinds_have_pools_of_their_own(
    modules: Callable[[str], Any],
) -> None:
    kinds = modules("sensitivity_cohorts")
    development = {kind.pool for kind in kinds.DEVELOPMENT_KINDS.values()}
    held_out = {kind.pool for kind in kinds.HELD_OUT_KINDS.values()}
    assert len(development) == len(held_out) == 2
    assert development.isdisjoint(held_out)
    settings = [
        [(kind.encoder, kind.cases, kind.setting) for kind in each.values()]
        for each in (kinds.DEVELOPMENT_KINDS, kinds.HELD_OUT_KINDS)
    ]
    assert settings[0] == settings[1]


def test_both_methods_run_on_the_folds_of_one_simulated_cohort(
    modules: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kinds, module = modules("sensitivity_cohorts"), modules("sensitivity_experiment")
    kind = kinds.CohortKind(pool="synthetic:n=60,seed=7,images=false", encoder="none", cases=40)
    monkeypatch.setitem(kinds.KINDS, "small", kind)
    plans = []

    def run_reference(benchmark: Any, cache: None) -> Any:
        """Run the pipeline on features without information, as there are no images."""
        images = np.random.default_rng(0).normal(size=(40, 3))
        plans.append(benchmark.plan)
        return modules("linear_pipeline").run_pipeline(images, benchmark.cohort, benchmark.plan)

    monkeypatch.setattr(module, "_run_reference", run_reference)
    settings = {"label": "", "aux": "none", "repeats": 1, "folds": 2, "inner": 2}
    results = [
        module.run_experiment(
            module.SensitivityExperiment(
                cohort="small", number=number, training={"max_epochs": 2}, home=tmp_path, **settings
            )
        )
        for number in (1, 1, 2)
    ]
    scores = [(r.positives, r.pipeline, r.network) for r in results]
    assert scores[0] == scores[1] != scores[2]
    assert not np.array_equal(plans[0].splits.outer, plans[2].splits.outer)
    assert all(r.cases == 40 and r.low <= r.network - r.pipeline <= r.high for r in results)


def test_other_files_are_refused(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    out.write_text("case,label\n1,0\n", encoding="utf-8")
    with pytest.raises(SystemExit) as refused:
        run(f"sensitivity --out {out}")
    assert refused.value.code == 2
    assert out.read_text(encoding="utf-8") == "case,label\n1,0\n"
