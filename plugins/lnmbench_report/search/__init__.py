"""Hyperparameter search: the settings tried and chosen on the inner folds."""
