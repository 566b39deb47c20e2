"""What is read out of reports is for review; the reports themselves go nowhere."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from lnmbench.choices import parse
from lnmbench.contracts import Progress
from lnmbench.registry import Registry
from lnmbench.stages.ingest import IngestOptions, Pseudonyms, ingest
from lnmbench.stages.ingest.review_file import review_file_path
from lnmbench.store.cohort_file import read_cohort

TEXT = "Mrs Quitzow: spiculated mass of 3.2 cm in the right upper lobe. No pleural effusion."
DICTIONARY = """
[columns.id]
role = "id"
[columns.ct]
role = "report"
[columns.n1]
role = "target"
kind = "binary"
label = "n1"
categories = ["0", "1"]
"""

READER = '''
from lnmbench import Column, hookimpl
from lnmbench.records import Finding

class Spikes:
    """Finds the word spiculated."""
    columns = (Column(name="spikes", role="feature", kind="binary", categories=("no", "yes")),)
    def read(self, text):
        return {"spikes": Finding(value="yes", words="=spiculated mass")} if "spic" in text else {}

@hookimpl
def register_report_readers():
    return {"spikes": Spikes}
'''


@pytest.mark.parametrize("pseudonyms", [None, Pseudonyms(key=b"k" * 32)])
def test_reports_are_read_and_not_kept(
    home: Path, pseudonyms: Pseudonyms | None, silent: Progress
) -> None:
    Path("spikes.py").write_text(READER, encoding="utf-8")
    Path("t.csv").write_text(f'id,ct,n1\nP1,"{TEXT}",1\nP2,,0\nP3,Unklar,0\n', encoding="utf-8")
    reader = DICTIONARY.replace('"report"', '"report"\nreader = "spikes"')
    Path("c.toml").write_text(reader, encoding="utf-8")
    path = ingest(
        parse("table:path=t.csv,columns=c.toml"),
        Registry(["spikes.py"]),
        home=home,
        workers=1,
        progress=silent,
        options=IngestOptions(pseudonyms=pseudonyms),
    )
    cohort = read_cohort(path)
    assert sorted(cohort.values["ct: spikes"].tolist(), key=str) == pytest.approx(
        [1.0, float("nan"), float("nan")], nan_ok=True
    )
    content = path.read_bytes()
    assert b"Quitzow" not in content
    assert b"spiculated mass" not in content
    with review_file_path(path).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    (row,) = [row for row in rows if row["column"]]
    (silent,) = [row for row in rows if not row["column"]]
    assert silent["case"] == (pseudonyms.replace("id", "P3") if pseudonyms else "P3")
    assert (silent["value"], silent["words"]) == ("", "")
    assert silent["reason"] == "no finding in column 'ct'"
    assert (row["column"], row["value"]) == ("ct: spikes", "yes")
    if pseudonyms is None:
        assert (row["case"], row["words"]) == ("P1", "'=spiculated mass")
    else:
        assert (row["case"], row["words"]) == (pseudonyms.replace("id", "P1"), "")
