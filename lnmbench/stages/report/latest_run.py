"""The run directory that was written last."""

from __future__ import annotations

from pathlib import Path

from lnmbench.errors import UserError, reading
from lnmbench.store.ledger import FILE


def find_latest_run(runs: Path) -> Path:
    """Return the run directory below `runs` that was written last."""
    ledgers = sorted(runs.glob(f"*/{FILE}"), key=lambda path: path.stat().st_mtime)
    if not ledgers:
        _require_readable(runs)
        raise UserError(
            "no run here",
            where=str(runs.resolve()),
            then="start one with lnmbench run, or name one",
        )
    return ledgers[-1].parent


def _require_readable(runs: Path) -> None:
    """Raise `UserError` if a folder could not be read in which a run may be."""
    for folder in (runs, *runs.parent.glob(f"{runs.name}/*")):
        if folder.is_dir():
            with reading(folder):
                list(folder.iterdir())
