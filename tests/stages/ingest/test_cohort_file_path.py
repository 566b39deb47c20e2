"""The path of a cohort file changes with everything that its content depends on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lnmbench.stages.ingest import Pseudonyms
from lnmbench.store.cohort_file import read_cohort

Ingest = Any
KEY = Pseudonyms(key=b"k" * 32)


def test_a_changed_source_file_makes_another_cohort(ingest_made: Ingest) -> None:
    folder = Path("sources")
    folder.mkdir()
    source = folder / "a.source"
    source.write_text("one", encoding="utf-8")
    first = ingest_made(where=folder)
    assert ingest_made(where=folder) == first
    source.write_text("two", encoding="utf-8")
    assert ingest_made(where=folder) != first


def test_another_key_gives_another_cohort(ingest_made: Ingest) -> None:
    other = Pseudonyms(key=b"o" * 32)
    first, second = ingest_made(pseudonyms=KEY), ingest_made(pseudonyms=other)
    assert first != second
    assert not set(read_cohort(first).ids) & set(read_cohort(second).ids)
    assert ingest_made(pseudonyms=KEY) == first
