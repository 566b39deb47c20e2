"""Troubles of clinical tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lnmbench_table.sheet import read_sheet


def header_with_blanks(folder: Path) -> None:
    """TCIA's tables have headers that end with a blank."""
    table = folder / "clinical.csv"
    table.write_text("Case ID,Histology \nA,Adenocarcinoma\n", encoding="utf-8")
    assert read_sheet(table).column("Histology") == ("Adenocarcinoma",)


TROUBLES: dict[str, Callable[[Path], None]] = {
    "a header ends with a blank": header_with_blanks,
}
