"""Labels of the targets that a cohort has columns for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lnmbench.registry import Registry
from lnmbench.stages.ingest.target_labels import label_cohort


def test_targets_without_a_column_or_with_parameters_are_left_out(make_cohort: Any) -> None:
    targets, faults = label_cohort(make_cohort(30), Registry())
    labeled = {each.name: each for each in targets}
    assert faults == []
    assert "n2" in labeled
    assert "station" not in labeled
    assert labeled["n2"].labels.shape == (30,)


BROKEN = """\
from lnmbench import hookimpl

class Broken:
    title = "broken"

    def labels(self, cohort):
        return 1 / 0

    def notes(self, cohort):
        return ()

@hookimpl
def register_targets():
    return {"broken": Broken}
"""


def test_a_faulty_target_is_named(make_cohort: Any, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(BROKEN, encoding="utf-8")
    targets, faults = label_cohort(make_cohort(30), Registry([str(tmp_path / "mine.py")]))
    assert "n2" in {each.name for each in targets}
    assert len(faults) == 1
    assert "target broken of plugin mine fails in labels" in faults[0]
