"""Hyperparameter search: dimensions, candidates and the groups that share a stack."""
