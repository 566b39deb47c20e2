"""data: list, describe, download and validate cohorts."""
