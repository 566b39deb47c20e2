"""report: results of one or several runs, checked, rendered and exported."""
