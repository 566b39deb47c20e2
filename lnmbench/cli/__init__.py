"""The command line: a thin file for each group of commands."""
