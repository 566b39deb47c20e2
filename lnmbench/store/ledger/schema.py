"""Tables of the ledger."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing

import numpy as np

FILE = "ledger.sqlite"
FORMAT = "9"
"""A number that rises when a ledger of before cannot be read or continued."""
PROBABILITIES = np.dtype("<f8")
"""Type of the numbers in `validation.probabilities`."""
OUTCOMES = "(SELECT json_array_length(value) FROM facts WHERE name = 'outcomes')"
"""SQL of the number of outcomes of the target, 0 of a binary one."""

TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE manifests (number INTEGER PRIMARY KEY, created TEXT NOT NULL, manifest TEXT NOT NULL);
CREATE TABLE cases (case_number INTEGER PRIMARY KEY, case_id TEXT NOT NULL UNIQUE,
                    truth INTEGER NOT NULL, patient INTEGER NOT NULL);
-- of a target with several outcomes, whose names are a fact; truth is then 1 for the cases with a
-- positive one
CREATE TABLE outcome_labels (outcome INTEGER NOT NULL, case_number INTEGER NOT NULL,
                             value INTEGER NOT NULL,
                             PRIMARY KEY (outcome, case_number)) WITHOUT ROWID;
-- part: test, or training with the inner fold in which the case validates
CREATE TABLE splits (repeat INTEGER, fold INTEGER, case_number INTEGER, part TEXT NOT NULL,
                     inner_fold INTEGER, PRIMARY KEY (repeat, fold, case_number)) WITHOUT ROWID;
CREATE TABLE methods (method TEXT PRIMARY KEY, label TEXT NOT NULL, kind TEXT NOT NULL,
                      record TEXT NOT NULL) WITHOUT ROWID;
-- labels of the auxiliary tasks: numbers of classes, or measures; those of examples made from the
-- images follow the predictions, as further outputs
CREATE TABLE tasks (task TEXT PRIMARY KEY, title TEXT NOT NULL, kind TEXT NOT NULL,
                    known INTEGER NOT NULL, shape TEXT NOT NULL,
                    from_examples INTEGER NOT NULL) WITHOUT ROWID;
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
-- of the training cases, by number: the target's probability from the fit that stopped by the case,
-- one after another for each outcome;
-- float64, little-endian, as these are nine tenths of all predictions and are read as a whole
CREATE TABLE validation (unit INTEGER PRIMARY KEY REFERENCES units, probabilities BLOB NOT NULL);
CREATE TABLE histories (unit INTEGER NOT NULL REFERENCES units, inner_fold INTEGER NOT NULL,
                        epoch INTEGER NOT NULL, training_loss REAL, validation_loss REAL,
                        PRIMARY KEY (unit, inner_fold, epoch)) WITHOUT ROWID;
-- candidates of the inner folds; the losses are the target's, null where a fit diverged
CREATE TABLE search (unit INTEGER NOT NULL REFERENCES units, candidate INTEGER NOT NULL,
                     settings TEXT NOT NULL, mean_loss REAL, inner_losses TEXT NOT NULL,
                     chosen INTEGER NOT NULL, PRIMARY KEY (unit, candidate)) WITHOUT ROWID;
-- labels that a linear model finds in the frozen features of an encoder, by the features' key
CREATE TABLE probes (probe TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
-- of the rows of a part of the ledger: the plan, a method, a task, a probe, a manifest, a unit
CREATE TABLE checksums (part TEXT NOT NULL, key TEXT NOT NULL, sha256 TEXT NOT NULL,
                        PRIMARY KEY (part, key)) WITHOUT ROWID;
"""


OPTIONAL_TABLES: Mapping[str, str] = {
    "permuted": """
-- of the test cases with an input (a feature, or all of a modality) permuted among them: the
-- target's probabilities (permutations, cases, outcomes), as in table validation
CREATE TABLE permuted (unit INTEGER NOT NULL REFERENCES units, kind TEXT NOT NULL,
                       name TEXT NOT NULL, probabilities BLOB NOT NULL,
                       PRIMARY KEY (unit, kind, name)) WITHOUT ROWID;
""",
    "equations": """
-- of linear models: those of the fits of a unit
CREATE TABLE equations (unit INTEGER PRIMARY KEY REFERENCES units, record TEXT NOT NULL);
""",
    "selections": """
-- of baselines with a selection of features: the features that the fits of a unit selected
CREATE TABLE selections (unit INTEGER PRIMARY KEY REFERENCES units, record TEXT NOT NULL);
""",
    "final_models": """
-- of linear models: that of all cases, with the settings chosen most often
CREATE TABLE final_models (method TEXT PRIMARY KEY REFERENCES methods,
                           record TEXT NOT NULL) WITHOUT ROWID;
""",
}
"""Tables that a ledger has once it holds rows of them: ledgers of before stay readable."""


def find_optional(database: sqlite3.Connection) -> frozenset[str]:
    """Return the names of the optional tables that a ledger has."""
    rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return frozenset(OPTIONAL_TABLES) & {name for (name,) in rows}


def create_optional(database: sqlite3.Connection, name: str) -> None:
    """Create an optional table that the ledger does not have yet."""
    if name not in find_optional(database):
        database.execute(OPTIONAL_TABLES[name])


def optional_schema() -> frozenset[tuple[str, str, str | None]]:
    """Return type, name and SQL of the tables that a ledger may have, as `expected_schema`."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(TABLES + "".join(OPTIONAL_TABLES.values()))
        rows = database.execute("SELECT type, name, sql FROM sqlite_master")
        return frozenset(rows) - expected_schema()


def expected_schema() -> frozenset[tuple[str, str, str | None]]:
    """Return type, name and SQL of each table and index of a ledger."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(TABLES)
        return frozenset(database.execute("SELECT type, name, sql FROM sqlite_master"))
