"""One writer at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.records import (
    Plan,
)
from lnmbench.store.ledger import LedgerWriter
from lnmbench.store.ledger.lock import acquire_lock


def test_one_process_writes(tmp_path: Path, plan: Plan) -> None:
    with (
        LedgerWriter.create(tmp_path, plan),
        pytest.raises(UserError, match="another lnmbench run writes"),
    ):
        LedgerWriter.create(tmp_path, plan)
    LedgerWriter.create(tmp_path, plan).close()


def test_a_refusal_names_the_ledger_and_the_next_step(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.sqlite"
    lock = acquire_lock(ledger)
    with pytest.raises(UserError, match=r"ledger\.sqlite.*wait until it ends.*--out"):
        acquire_lock(ledger)
    lock.release()
    acquire_lock(ledger).release()
