"""plan: names become methods, cases and labels become folds."""
