"""Folders of a run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from lnmbench.records.protocol import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFolders:
    """The folders of a run: `home` for cohorts and features, `out` for its ledger.

    Without `out`, the ledger is in a subfolder of `runs` that names cohort and protocol.
    """

    home: Path
    out: Path | None = None
    runs: Path = Path("runs")

    def ledger_folder(self, plan: Plan) -> Path:
        """Return the folder of the ledger."""
        return self.out or self.runs / _name(plan)


def _name(plan: Plan) -> str:
    protocol = plan.protocol
    name = re.sub(r"[^A-Za-z0-9]+", "-", f"{plan.dataset.partition(':')[0]}-{protocol.target}")
    folds = f"{protocol.repeats}x{protocol.folds}x{protocol.inner}"
    cases = "-unlabeled" if protocol.train_unlabeled else ""
    cases += {"mask": "-masked", "exclude": "-imaged"}.get(protocol.missing_images, "")
    return f"{name}{cases}-{folds}-seed{protocol.seed}-{plan.fingerprint[:8]}"
