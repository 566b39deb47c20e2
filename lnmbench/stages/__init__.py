"""The verbs: ingest → plan → run → score → compare → report. They meet in files only."""
