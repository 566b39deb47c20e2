"""The ledger: one SQLite file that holds a run directory's plan, units and predictions."""
