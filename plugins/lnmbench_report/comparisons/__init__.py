"""Comparisons of methods: tables of tests, differences on the folds, posterior and power."""
