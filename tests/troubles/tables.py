"""Troubles of clinical tables."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest
from lnmbench_table.sheet import read_sheet
from lnmbench_table.table import Table

from lnmbench import UserError

AGE = '[columns.age]\nrole = "feature"\nkind = "continuous"\n'
TARGET = '[columns.n1]\nrole = "target"\nkind = "binary"\nlabel = "n1"\ncategories = [0, 1]\n'


def open_table(
    folder: Path, content: str | bytes, columns: str = AGE + TARGET, name: str = "t.csv"
) -> Table:
    """Return the table with a column of ids and those of the dictionary."""
    text = content.encode() if isinstance(content, str) else content
    (folder / name).write_bytes(text)
    dictionary = f'[columns.id]\nrole = "id"\n{columns}'
    (folder / "columns.toml").write_text(dictionary, encoding="utf-8")
    return Table(folder / name, folder / "columns.toml")


def open_workbook(folder: Path, book: openpyxl.Workbook, columns: str = AGE) -> Table:
    book.save(folder / "saved.xlsx")
    return open_table(folder, (folder / "saved.xlsx").read_bytes(), columns, "t.xlsx")


def encode(table: Table, name: str) -> list[float]:
    (column,) = (column for column in table.columns if column.name == name)
    return [column.encode(case.values[name]) for case in table.cases()]


def refuse(folder: Path, content: str | bytes, columns: str = AGE + TARGET) -> str:
    with pytest.raises(UserError) as refusal:
        open_table(folder, content, columns)
    return str(refusal.value)


def make_workbook(rows: Sequence[Sequence[object]]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    return book


def header_with_blanks(folder: Path) -> None:
    """TCIA's tables have headers that end with a blank."""
    table = folder / "clinical.csv"
    table.write_text("Case ID,Histology \nA,Adenocarcinoma\n", encoding="utf-8")
    assert read_sheet(table).column("Histology") == ("Adenocarcinoma",)


def table_of_chinese_windows(folder: Path) -> None:
    """Excel of a Chinese Windows saves CSV as GBK."""
    content = "id,报告,age,n1\nA,右肺上叶见分叶状结节,61,0\nB,左肺下叶磨玻璃结节,50,1\n"
    columns = f'{AGE}{TARGET}[columns."报告"]\nrole = "report"\n'
    table = open_table(folder, content.encode("gb18030"), columns)
    assert next(case.values["报告"] for case in table.cases()) == "右肺上叶见分叶状结节"
    assert "read as gb18030" in table.notes[0]


def table_of_western_windows(folder: Path) -> None:
    """Bytes 0x92 and 0x96 are letters of code page 1252, and controls of latin-1."""
    columns = (
        '[columns."smoking – status"]\nrole = "feature"\nkind = "nominal"\n'
        'categories = ["never", "1–20 packs", "doesn’t say"]\n'
    )
    content = "id;smoking – status\nA;1–20 packs\nB;doesn’t say\n".encode("cp1252")
    assert encode(open_table(folder, content, columns), "smoking – status") == [1, 2]


def separator_line(folder: Path) -> None:
    """Excel's own hint on the separator is no header."""
    content = "\ufeffsep=;\r\nid;age;n1\r\nA;61;0\r\nB;50;1\r\n"
    assert encode(open_table(folder, content), "age") == [61, 50]


def comments_of_cbioportal(folder: Path) -> None:
    """cBioPortal writes four lines of names, descriptions, types and priorities first."""
    head = "#Patient\tAge\tN\n#Id\tAge\tN\n#STRING\tNUMBER\tNUMBER\n#1\t1\t1\n"
    table = open_table(folder, f"{head}id\tage\tn1\nA\t61\t0\n")
    assert encode(table, "age") == [61]
    assert "4 lines that begin with # were skipped" in table.notes[0]


def merged_cells(folder: Path) -> None:
    """Only the first row of merged cells has the value in the file."""
    rows = [["id", "hospital", "age"], ["A", "East", 61], ["B", None, 50], ["C", "West", 70]]
    book = make_workbook(rows)
    book.active.merge_cells("B2:B3")
    table = open_workbook(folder, book, f'{AGE}[columns.hospital]\nrole = "center"\n')
    assert [case.values["hospital"] for case in table.cases()] == ["East", "East", "West"]
    assert "merged" in table.notes[0]


def hidden_rows(folder: Path) -> None:
    """Excluded patients are filtered out, not deleted."""
    book = make_workbook([["id", "age"], ["A", 61], ["B", 50], ["C", 70]])
    book.active.row_dimensions[3].hidden = True
    table = open_workbook(folder, book)
    assert encode(table, "age") == [61, 70]
    assert "1 row is hidden and was left out" in table.notes[0]


def decimal_commas(folder: Path) -> None:
    """A German Excel writes semicolons and decimal commas."""
    content = "id;age;n1\nA;61,5;0\nB;1.050,25;1\nC;-9,0;1\n"
    message = refuse(folder, content)
    assert "column 'age' holds '61,5'" in message
    assert 'set decimal = ","' in message
    columns = f'[table]\ndecimal = ","\n{AGE}missing = [-9]\n{TARGET}'
    ages = encode(open_table(folder, content, columns), "age")
    assert ages[:2] == [61.5, 1050.25]
    assert math.isnan(ages[2])


def thousand_or_decimal(folder: Path) -> None:
    """1,234 is a thousand in English and a little more than one in German."""
    content = 'id,age,n1\nA,"1,234",0\n'
    assert 'set decimal = "," or thousands = ","' in refuse(folder, content)
    for key, number in (("decimal", 1.234), ("thousands", 1234)):
        table = open_table(folder, content, f'{AGE}{key} = ","\n{TARGET}')
        assert encode(table, "age") == [number]


def system_missing(folder: Path) -> None:
    """SPSS exports a system-missing value as the smallest double."""
    content = "id,age,n1\nA,61,0\nB,-1.7976931348623157E+308,1\n"
    message = refuse(folder, content)
    assert "column 'age' holds '-1.79769313486231" in message
    assert "row 3" in message
    columns = f'{AGE}missing = ["-1.7976931348623157E+308"]\n{TARGET}'
    assert math.isnan(encode(open_table(folder, content, columns), "age")[1])


def leniency_of_float(folder: Path) -> None:
    """Python reads 1_0 as 10, and digits of any script."""
    for cell in ("1_0", "٣", "infinity", "0x10", "1 000", "3-5", "<0,5", "3 cm", "~5"):
        assert f"holds {cell!r}" in refuse(folder, f'id,age,n1\nA,"{cell}",0\n')
    content = "id,age,n1\nA,+5,0\nB,5.,0\nC,.5,0\nD,1e3,0\nE,−5,0\nF,１２,0\n"
    assert encode(open_table(folder, content), "age") == [5, 5, 0.5, 1000, -5, 12]


def limits_as_values(folder: Path) -> None:
    """Laboratories report <0.5 for a value below their limit."""
    columns = f'{AGE}values = {{"<0.5" = 0.25, "k.A." = ""}}\n{TARGET}'
    ages = encode(open_table(folder, "id,age,n1\nA,<0.5,0\nB,K.A. ,1\nC,2,1\n", columns), "age")
    assert ages[0] == 0.25
    assert math.isnan(ages[1])


def spellings_that_look_alike(folder: Path) -> None:
    """Cases, blanks, and both forms of accented letters are one category."""
    columns = (
        '[columns."größe"]\nrole = "feature"\nkind = "binary"\ncategories = ["klein", "groß é"]\n'
    )
    content = "id,gro\u0308ße\u00a0\nA,KLEIN\nB,groß e\u0301\nC,Groß\u00a0é\u200b\n"
    assert encode(open_table(folder, content, columns), "größe") == [0, 1, 1]


def strict_open_xml(folder: Path) -> None:
    """Excel offers 'Strict Open XML', whose namespaces differ."""
    make_workbook([["id", "age"], ["A", 61]]).save(folder / "usual.xlsx")
    with (
        zipfile.ZipFile(folder / "usual.xlsx") as usual,
        zipfile.ZipFile(folder / "strict.xlsx", "w") as strict,
    ):
        for name in usual.namelist():
            text = usual.read(name).decode()
            for part in ("spreadsheetml", "officeDocument"):
                old = f"http://schemas.openxmlformats.org/{part}/2006/"
                text = text.replace(old, f"http://purl.oclc.org/ooxml/{part}/")
            strict.writestr(name, text)
    content = (folder / "strict.xlsx").read_bytes()
    assert encode(open_table(folder, content, AGE, "t.xlsx"), "age") == [61]


def one_far_cell(folder: Path) -> None:
    """A cell at the end of a worksheet makes it a table of a million rows."""
    book = make_workbook([["id", "age"], ["A", 61]])
    book.active["XFD1048576"] = "x"
    with pytest.raises(UserError, match="too large for a table of patients"):
        open_workbook(folder, book)


def dots_in_a_section(folder: Path) -> None:
    """NSCLC-Radiomics has columns such as clinical.T.Stage, which TOML reads as a path."""
    section = '[columns.age.at.CT]\nrole = "feature"\nkind = "continuous"\n'
    message = refuse(folder, "id,age.at.CT\nA,61\n", section)
    assert 'put it in quotes: [columns."age.at.CT"]' in message


def dashes_of_gdc(folder: Path) -> None:
    """GDC writes an apostrophe and two dashes for a missing value."""
    columns = f'{AGE}missing = ["\'--"]\n{TARGET}missing = ["\'--"]\n'
    table = open_table(folder, "id\tage\tn1\nA\t'--\t1\nB\t61\t'--\n", columns, "t.tsv")
    assert [math.isnan(age) for age in encode(table, "age")] == [True, False]
    assert math.isnan(encode(table, "n1")[1])


def all_errors_at_once(folder: Path) -> None:
    """A table is corrected once, not once for each of its cells."""
    message = refuse(folder, "id,age,n1\nA,old,0\nA,61,no\nB,young,1\n")
    head, *lines = message.splitlines()
    assert head.startswith("3 errors in ")
    assert "'A' in rows 2, 3" in lines[0]
    assert "'old'" in lines[1]
    assert "1 more cell" in lines[1]
    assert "'no'" in lines[2]


def numbers_that_nobody_measured(folder: Path) -> None:
    """Codes that are not listed as missing are pointed out, and so are typing errors."""
    rows = "".join(f"{n},{40 + n},0\n" for n in range(30))
    for odd in ("-9", "999", "680"):
        table = open_table(folder, f"id,age,n1\n{rows}x,{odd},1\n")
        assert any(f"1 number far from all others ({odd})" in note for note in table.notes)
    listed = (AGE + 'missing = ["-9", "999"]\n') + TARGET
    table = open_table(folder, f"id,age,n1\n{rows}x,-9.0,1\ny,999,1\nz,680,1\n", listed)
    assert ["others (680)" in note for note in table.notes] == [True]


def column_with_a_few_texts(folder: Path) -> None:
    """A laboratory column with <0,5 or 1e400 is proposed in comments, with what to do about it."""
    for odd in ("<0.5", "1e400", "1e300", "n. m."):
        rows = "".join(f"P{n},{n % 7}.5\n" for n in range(30))
        (folder / "t.csv").write_text(f"id,CEA\n{rows}x,{odd}\n", encoding="utf-8")
        proposal = Table.propose(folder / "t.csv")
        assert f"# [columns.CEA]  # mixes numbers with 1 text ({odd!r}): give numbers" in proposal
        assert '# kind = "continuous"' in proposal


def row_of_totals(folder: Path) -> None:
    """Spreadsheets end with sums, means and remarks, which are no cases."""
    for id_ in ("Summe", "Mean", "合计", "Stand: 1.1.2024"):
        assert "row 3" in refuse(folder, f"id,age,n1\nA,50,0\n{id_},50,1\n")


def one_id_in_two_spellings(folder: Path) -> None:
    """P04 and p04 are one patient in most hospitals: their rows are named."""
    table = open_table(folder, "id,age,n1\nP04,50,0\np04,51,1\n")
    assert "1 id occurs in several spellings" in "".join(table.notes)


TROUBLES: dict[str, Callable[[Path], None]] = {
    "a header ends with a blank": header_with_blanks,
    "a table of a Chinese Windows": table_of_chinese_windows,
    "a table of a Western Windows": table_of_western_windows,
    "the first line is sep=;": separator_line,
    "lines of # above the header": comments_of_cbioportal,
    "merged cells": merged_cells,
    "hidden rows": hidden_rows,
    "decimal commas": decimal_commas,
    "a comma that may be of a thousand or a decimal": thousand_or_decimal,
    "SPSS's system-missing value": system_missing,
    "numbers that only Python reads": leniency_of_float,
    "limits instead of values": limits_as_values,
    "codes and typing errors among numbers": numbers_that_nobody_measured,
    "a few texts among the numbers of a column": column_with_a_few_texts,
    "sums and remarks below the cases": row_of_totals,
    "one id in two spellings": one_id_in_two_spellings,
    "spellings that look alike": spellings_that_look_alike,
    "a workbook in Strict Open XML": strict_open_xml,
    "a cell far away from the table": one_far_cell,
    "dots in the name of a section": dots_in_a_section,
    "GDC's mark of missing values": dashes_of_gdc,
    "many errors in one table": all_errors_at_once,
}
