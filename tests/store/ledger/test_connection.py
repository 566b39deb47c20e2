"""Locked, unfinished and read-only ledgers."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.records import NetworkMethod, Plan, UnitResult
from lnmbench.store.ledger import LedgerReader, LedgerWriter, connection
from lnmbench.store.ledger.connection import wait_for

MakeResult = Callable[[Plan, int, int], UnitResult]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_SQLITE_SECONDS", 0.0)
    monkeypatch.setattr(connection, "_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(connection, "WRITER_SECONDS", 0.05)
    monkeypatch.setattr("lnmbench.store.ledger.reader.READER_SECONDS", 0.05)


@pytest.mark.usefixtures("impatient")
def test_a_held_ledger_is_not_called_damaged(run: Path) -> None:
    notices: list[str] = []
    with closing(sqlite3.connect(run / "ledger.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(UserError, match="another program holds the ledger .*; close it"):
            LedgerReader.open(run, notices.append)
    assert len(notices) == 1
    assert "waiting" in notices[0]
    LedgerReader.open(run).close()


@pytest.mark.usefixtures("impatient")
def test_a_reader_delays_a_writer_and_nothing_is_lost(
    run: Path, plan: Plan, method: NetworkMethod, make_result: MakeResult
) -> None:
    with LedgerWriter.create(run, plan) as ledger:
        with closing(sqlite3.connect(run / "ledger.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN")
            other.execute("SELECT count(*) FROM cases").fetchone()
            with pytest.raises(UserError, match="finished units are saved: close it there"):
                ledger.add_results([make_result(plan, 1, 0)])
        ledger.add_results([make_result(plan, 1, 0)])
        assert (1, 0) in ledger.done(method.fingerprint)


def test_the_wait_ends_when_the_ledger_is_free(tmp_path: Path) -> None:
    tries: list[str] = []

    def succeed_at_third() -> int:
        tries.append("try")
        if len(tries) < 3:
            raise sqlite3.OperationalError("database is locked")
        return 7

    pauses: list[float] = []
    notices: list[str] = []
    result = wait_for(
        succeed_at_third, tmp_path, seconds=9, say=notices.append, sleep=pauses.append, clock=float
    )
    assert result == 7
    assert len(pauses) == 2
    assert len(notices) == 1
    assert "waiting up to 9 s" in notices[0]


@pytest.mark.parametrize("change", ["move", "replace"])
def test_a_ledger_that_vanishes_during_a_run_is_one_line(
    run: Path, plan: Plan, make_result: MakeResult, change: str
) -> None:
    path = run / "ledger.sqlite"
    with LedgerWriter.create(run, plan) as ledger:
        path.rename(run / "old.sqlite")
        if change == "replace":
            path.write_bytes((run / "old.sqlite").read_bytes())
        with pytest.raises(UserError, match="deleted, moved or replaced during the run"):
            ledger.add_results([make_result(plan, 1, 0)])


def test_an_unfinished_transaction_is_undone(run: Path, method: NetworkMethod) -> None:
    path = run / "ledger.sqlite"
    before = path.read_bytes()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA cache_size = 1")
        other.execute("BEGIN")
        other.execute("UPDATE predictions SET value = .5")
        other.execute("UPDATE cases SET patient = patient + 1000")
        journal = path.with_name("ledger.sqlite-journal").read_bytes()
        changed = path.read_bytes()
    path.write_bytes(changed)
    path.with_name("ledger.sqlite-journal").write_bytes(journal)
    with LedgerReader.open(run) as ledger:
        assert len(ledger.done(method.fingerprint)) == 3
    assert path.read_bytes()[100:] == before[100:]


def test_a_ledger_in_wal_mode_is_read_where_nothing_can_be_written(
    run: Path, method: NetworkMethod
) -> None:
    path = run / "ledger.sqlite"
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode = WAL")
    run.chmod(0o500)
    try:
        with LedgerReader.open(run) as ledger:
            assert len(ledger.done(method.fingerprint)) == 3
        assert sorted(os.listdir(run)) == ["ledger.sqlite", "ledger.sqlite.lock"]  # noqa: PTH208
    finally:
        run.chmod(0o700)


def test_a_drive_without_locks_is_used_with_a_notice(
    run: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_lacks_locks", lambda _: True)
    notices: list[str] = []
    LedgerReader.open(run, notices.append).close()
    LedgerWriter.create(run, plan, notices.append).close()
    (notice,) = notices
    assert "has no locks" in notice
