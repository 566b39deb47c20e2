"""Columns of CT reports that do not fit their dictionary."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lnmbench_table.table import Table

from lnmbench.registry import Registry
from lnmbench.stages.ingest.text_reports import read_reports

TABLE = "id,n2,CT report\nA,0,Mass in the right upper lobe.\nB,1,右肺上叶结节。\n"
DICTIONARY = (
    '[columns.id]\nrole = "id"\n'
    '[columns.n2]\nrole = "target"\nkind = "binary"\nlabel = "n2"\ncategories = ["0", "1"]\n'
    '[columns."CT report"]\nrole = "report"\n'
)
Make = Callable[[Path], object]


def report(*keys: str, header: str = "n2") -> Make:
    """Read the table with further keys for its report, and another header for its target."""
    return lambda folder: read(folder, "\n".join(keys), header)


def read(folder: Path, keys: str, header: str) -> object:
    table, columns = folder / "clinical.csv", folder / "columns.toml"
    table.write_text(TABLE.replace("n2", header), encoding="utf-8")
    dictionary = DICTIONARY.replace("[columns.n2]", f'[columns."{header}"]')
    columns.write_text(f"{dictionary}{keys}\n", encoding="utf-8")
    made = Table(table, columns)
    return read_reports(made.columns, list(made.cases()), Registry())


KINDS: dict[str, Make] = {
    "an unknown report reader": report('reader = "mr"'),
    "a language that the report reader cannot read": report('reader = "ct:language=fr"'),
    "an unknown parameter of the report reader": report('reader = "ct:lang=zh"'),
    "a malformed choice of a report reader": report('reader = "ct:"'),
    "a report from after surgery": report('known = "after"'),
    "a report with a label": report('label = "n2"'),
    "a report with a kind": report('kind = "nominal"', 'categories = ["a", "b"]'),
    "a column with a name that the report reader uses": report(header="CT report: lobe"),
    "a reader for a column that is not a report": report(
        '[columns.age]\nrole = "feature"\nkind = "continuous"\nreader = "ct"'
    ),
}
