"""Tables of the ledger, and the rows of a new one."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np

from lnmbench.records import Plan
from lnmbench.store import serialization

FILE = "ledger.sqlite"
FORMAT = "4"
PROBABILITIES = np.dtype("<f8")
"""Type of the numbers in `validation.probabilities`."""

TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE manifests (number INTEGER PRIMARY KEY, created TEXT NOT NULL, manifest TEXT NOT NULL);
CREATE TABLE cases (case_number INTEGER PRIMARY KEY, case_id TEXT NOT NULL UNIQUE,
                    truth INTEGER NOT NULL, patient INTEGER NOT NULL);
-- part: test, or training with the inner fold in which the case validates
CREATE TABLE splits (repeat INTEGER, fold INTEGER, case_number INTEGER, part TEXT NOT NULL,
                     inner_fold INTEGER, PRIMARY KEY (repeat, fold, case_number)) WITHOUT ROWID;
CREATE TABLE methods (method TEXT PRIMARY KEY, label TEXT NOT NULL, kind TEXT NOT NULL,
                      record TEXT NOT NULL) WITHOUT ROWID;
-- labels of the auxiliary tasks: numbers of classes, or measures
CREATE TABLE tasks (task TEXT PRIMARY KEY, title TEXT NOT NULL, kind TEXT NOT NULL,
                    known INTEGER NOT NULL, shape TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE labels (task TEXT NOT NULL REFERENCES tasks, output INTEGER NOT NULL,
                     case_number INTEGER NOT NULL, value REAL NOT NULL,
                     PRIMARY KEY (task, output, case_number)) WITHOUT ROWID;
CREATE TABLE units (unit INTEGER PRIMARY KEY, method TEXT NOT NULL REFERENCES methods,
                    repeat INTEGER NOT NULL, fold INTEGER NOT NULL, state TEXT NOT NULL,
                    seconds REAL, device_seconds REAL, memory_mb REAL, fits INTEGER,
                    epochs INTEGER, settings TEXT, UNIQUE (method, repeat, fold));
-- of the cases of the outer test fold
CREATE TABLE predictions (unit INTEGER NOT NULL REFERENCES units, task TEXT NOT NULL,
                          output INTEGER NOT NULL, case_number INTEGER NOT NULL,
                          value REAL NOT NULL,
                          PRIMARY KEY (unit, task, output, case_number)) WITHOUT ROWID;
-- of the training cases, by number: the target's probability from the fit that stopped by the case;
-- float64, little-endian, as these are nine tenths of all predictions and are read as a whole
CREATE TABLE validation (unit INTEGER PRIMARY KEY REFERENCES units, probabilities BLOB NOT NULL);
CREATE TABLE histories (unit INTEGER NOT NULL REFERENCES units, inner_fold INTEGER NOT NULL,
                        epoch INTEGER NOT NULL, training_loss REAL, validation_loss REAL,
                        PRIMARY KEY (unit, inner_fold, epoch)) WITHOUT ROWID;
-- candidates of the inner folds; the losses are the target's, null where a fit diverged
CREATE TABLE search (unit INTEGER NOT NULL REFERENCES units, candidate INTEGER NOT NULL,
                     settings TEXT NOT NULL, mean_loss REAL, inner_losses TEXT NOT NULL,
                     chosen INTEGER NOT NULL, PRIMARY KEY (unit, candidate)) WITHOUT ROWID;
"""


def plan_facts(plan: Plan) -> dict[str, str]:
    """Return the rows of table `facts` that identify a plan, by name."""
    digest = hashlib.sha256("\x00".join(plan.ids).encode())
    for array in (plan.truth, plan.splits.outer, plan.splits.inner):
        digest.update(array.tobytes())
    return {
        "format": FORMAT,
        "dataset": plan.dataset,
        "fingerprint": plan.fingerprint,
        "card": serialization.pack(plan.card),
        "preprocessing": serialization.pack(plan.preprocessing),
        "protocol": serialization.pack(plan.protocol),
        "notes": json.dumps(plan.notes),
        "labels_and_folds": digest.hexdigest()[:32],
    }


def write_new(path: Path, plan: Plan) -> None:
    """Write a ledger with the plan and nothing else."""
    cases = [
        (number, case, int(plan.truth[number]), int(plan.patients[number]))
        for number, case in enumerate(plan.ids)
    ]
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(TABLES)
        database.executemany("INSERT INTO facts VALUES (?, ?)", plan_facts(plan).items())
        database.executemany("INSERT INTO cases VALUES (?, ?, ?, ?)", cases)
        database.executemany("INSERT INTO splits VALUES (?, ?, ?, ?, ?)", _split_rows(plan))


def _split_rows(plan: Plan) -> Iterator[tuple[int, int, int, str, int | None]]:
    for repeat, fold in plan.splits.units():
        for case, inner in enumerate(plan.splits.inner[repeat, fold].tolist()):
            part = "test" if inner < 0 else "training"
            yield repeat, fold, case, part, None if inner < 0 else inner
