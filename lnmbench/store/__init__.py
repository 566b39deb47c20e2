"""Files: the cohort (HDF5), the features (HDF5) and the ledger (SQLite)."""
