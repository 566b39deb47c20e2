"""Several cohorts under one protocol: scores, ranks and tests with the cohort as the unit."""
