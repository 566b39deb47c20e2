"""Ledgers that are damaged, changed, of another format, or in use."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from unittest import mock

import numpy as np

from lnmbench import Card
from lnmbench.records import (
    BaselineMethod,
    Choice,
    Plan,
    Preprocessing,
    Protocol,
    Unit,
    UnitResult,
)
from lnmbench.stages.plan.splitting import make_splits
from lnmbench.store.ledger import FILE, LedgerReader, LedgerWriter

CARD = Card(title="t", license="l", source="s", citation="c", labels="x")
METHOD = BaselineMethod(label="logistic", baseline=Choice(name="logistic"))
ENDLESS = (
    "CREATE VIEW predictions AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    " SELECT i AS unit FROM n"
)


def _plan() -> Plan:
    ids = tuple(f"case-{number}" for number in range(12))
    truth = (np.arange(12) % 2).astype(float)
    protocol = Protocol(target="n1", repeats=1, folds=2, inner=2)
    return Plan(
        dataset="made",
        fingerprint="f" * 32,
        card=CARD,
        preprocessing=Preprocessing(),
        protocol=protocol,
        ids=ids,
        truth=truth,
        patients=np.arange(12),
        splits=make_splits(ids, truth, ids, protocol),
    )


def _result(value: float) -> UnitResult:
    test = _plan().splits.inner[0, 1] < 0
    return UnitResult(
        unit=Unit(method=METHOD.fingerprint, repeat=0, fold=1),
        test={"target": np.where(test, value, np.nan)[:, None]},
        validation=np.where(test, np.nan, 0.5),
        seconds=1.0,
        memory_mb=1.0,
        fits=2,
        epochs=0,
    )


def stored(value: float) -> Callable[[Path], object]:
    def store(folder: Path) -> object:
        with LedgerWriter.create(folder, _plan()) as ledger:
            ledger.add_methods([METHOD], _plan().splits.units())
            ledger.add_results([_result(value)])
        return folder

    return store


def changed(*statements: str) -> Callable[[Path], object]:
    def read(folder: Path) -> object:
        stored(0.4)(folder)
        with closing(sqlite3.connect(folder / FILE)) as database, database:
            for statement in statements:
                database.execute(statement)
        return LedgerReader.open(folder)

    return read


def cut(folder: Path) -> object:
    stored(0.4)(folder)
    path = folder / FILE
    path.write_bytes(path.read_bytes()[:9000])
    return LedgerReader.open(folder)


def text(folder: Path) -> object:
    (folder / FILE).write_text("no ledger" * 99, encoding="utf-8")
    return LedgerReader.open(folder)


def held(folder: Path) -> object:
    stored(0.4)(folder)
    with (
        mock.patch("lnmbench.store.ledger.connection._SQLITE_SECONDS", 0.0),
        mock.patch("lnmbench.store.ledger.reader.READER_SECONDS", 0.0),
        mock.patch("lnmbench.store.ledger.connection._PAUSE_SECONDS", 0.0),
        closing(sqlite3.connect(folder / FILE, isolation_level=None)) as other,
    ):
        other.execute("BEGIN EXCLUSIVE")
        return LedgerReader.open(folder)


KINDS: dict[str, Callable[[Path], object]] = {
    "a folder without a ledger": LedgerReader.open,
    "a truncated ledger": cut,
    "a ledger that is not SQLite": text,
    "a ledger of an older format": changed("UPDATE facts SET value = 4 WHERE name = 'format'"),
    "a ledger that another program holds": held,
    "a changed prediction": changed("UPDATE predictions SET value = .9 WHERE case_number < 4"),
    "a changed label": changed("UPDATE cases SET truth = 1 - truth WHERE case_number = 0"),
    "a case that is tested and trained on": changed(
        "UPDATE splits SET part = 'training', inner_fold = 1 WHERE part = 'test'"
    ),
    "a ledger with a view that never ends": changed("DROP TABLE predictions", ENDLESS),
    "a ledger without one of its tables": changed("DROP TABLE search"),
    "a result above 1": stored(4.0),
    "a result that is not a number": stored(float("nan")),
}

COMMANDS: dict[str, tuple[str, ...]] = {
    "a changed prediction": ("check", "."),
    "a changed label": ("check", "."),
    "a ledger with a view that never ends": ("export", ".", "exported"),
}
