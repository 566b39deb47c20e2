"""Stages: ingest → plan → run → score → compare → report. They communicate through files only."""
