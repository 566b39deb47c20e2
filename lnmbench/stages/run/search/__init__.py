"""Selection of hyperparameters on the inner folds."""
