"""Arrays in, numbers out: the statistics of a benchmark, each with its formula and its source.

Wrong input is a bug of the caller and raises `ValueError`; stages check the user's data first.
"""
