"""The tables of a ledger."""

from __future__ import annotations

from lnmbench.store.ledger.checksums import PARTS
from lnmbench.store.ledger.schema import expected_schema


def test_the_schema_has_tables_alone_and_is_the_same_each_time() -> None:
    schema = expected_schema()
    assert {kind for kind, _, _ in schema} == {"table", "index"}
    assert schema == expected_schema()


def test_every_table_is_covered_by_a_checksum() -> None:
    queries = " ".join(query for part in PARTS.values() for query in part)
    tables = {name for kind, name, _ in expected_schema() if kind == "table"} - {"checksums"}
    assert all(f"FROM {table} " in f"{queries} " for table in tables)
