"""run: train and evaluate the units that the ledger lacks."""
