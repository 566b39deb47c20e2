"""Clinical tables, their dictionaries, benchmark files and choices that cannot be used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
from lnmbench_radiogenomics.radiogenomics import Radiogenomics
from lnmbench_table.table import Table
from lnmbench_tcga.tcga import Tcga

from lnmbench.choices import parse
from lnmbench.config import read_benchmark
from lnmbench.records import Choice, Protocol
from lnmbench.registry import Registry
from lnmbench.stages.plan import make_plan
from lnmbench.testing import sample_cohort

TABLE = "id,age,sex,n2\nA,61,f,0\nB,55,m,1\nC,70,f,0\n"
DICTIONARY = (
    '[columns.id]\nrole = "id"\n'
    '[columns.age]\nrole = "feature"\nkind = "continuous"\nunit = "a"\n'
    '[columns.sex]\nrole = "feature"\nkind = "binary"\ncategories = ["f", "m"]\n'
    '[columns.n2]\nrole = "target"\nkind = "binary"\nlabel = "n2"\ncategories = ["0", "1"]\n'
)
Make = Callable[[Path], object]


def table(old: str = "", new: str = "") -> Make:
    """Return a function that reads the table with one text replaced."""
    return lambda folder: read(folder, TABLE.replace(old, new, 1).encode())


def dictionary(old: str, new: str) -> Make:
    """Return a function that reads the table with one text of its dictionary replaced."""
    assert old in DICTIONARY
    return lambda folder: read(folder, TABLE.encode(), DICTIONARY.replace(old, new, 1).encode())


def content(text: bytes, name: str = "clinical.csv") -> Make:
    return lambda folder: read(folder, text, name=name)


def read(
    folder: Path, text: bytes, columns: bytes = DICTIONARY.encode(), name: str = "clinical.csv"
) -> Table:
    (folder / name).write_bytes(text)
    (folder / "columns.toml").write_bytes(columns)
    return Table(folder / name, folder / "columns.toml")


def survival(folder: Path) -> Table:
    columns = DICTIONARY.replace("columns.age", "columns.os_days")
    return read(folder, TABLE.replace("age", "os_days").encode(), columns.encode())


def pathological_nodes(folder: Path) -> Table:
    text = "id,age,N,n2\nA,61,N0,0\nB,55,N2,1\nC,70,N1,0\n"
    columns = DICTIONARY.replace("columns.sex", "columns.N").replace("binary", "ordinal", 1)
    return read(folder, text.encode(), columns.replace('"f", "m"', '"N0", "N1", "N2"').encode())


def formula(folder: Path) -> Table:
    book = openpyxl.Workbook()
    for row in (["id", "age", "sex", "n2"], ["A", "=60+1", "f", "0"]):
        book.active.append(row)
    book.save(folder / "clinical.xlsx")
    (folder / "columns.toml").write_text(DICTIONARY, encoding="utf-8")
    return Table(folder / "clinical.xlsx", folder / "columns.toml")


def far_cell(folder: Path) -> Table:
    book = openpyxl.Workbook()
    book.active.append(["id", "age", "sex", "n2"])
    book.active["XFD1048576"] = "x"
    book.save(folder / "far.xlsx")
    return read(folder, (folder / "far.xlsx").read_bytes(), name="clinical.xlsx")


def other_sheet(folder: Path) -> Table:
    book = openpyxl.Workbook()
    book.active.append(["id", "age", "sex", "n2"])
    book.save(folder / "book.xlsx")
    columns = f'[table]\nsheet = "Patients"\n{DICTIONARY}'.encode()
    return read(folder, (folder / "book.xlsx").read_bytes(), columns, "clinical.xlsx")


def missing(folder: Path) -> Table:
    (folder / "columns.toml").write_text(DICTIONARY, encoding="utf-8")
    return Table(folder / "clinical.csv", folder / "columns.toml")


def exclude_all(_: Path) -> None:
    target = Registry().targets.build(Choice(name="n2"))
    make_plan(sample_cohort(8), target, Protocol(missing_images="exclude"))


def benchmark(text: str) -> Make:
    def make(folder: Path) -> object:
        (folder / "benchmark.toml").write_text(text, encoding="utf-8")
        return read_benchmark(folder / "benchmark.toml", {})

    return make


def choice(text: str) -> Make:
    return lambda folder: Registry().datasets.build(parse(text))


def biotab(rows: int) -> Make:
    """Read a TCGA file with only the first rows."""

    def make(folder: Path) -> object:
        lines = ["bcr_patient_barcode\tajcc_nodes_pathologic_pn", "a\tb", "CDE_ID:1\tCDE_ID:2"]
        path = folder / "nationwidechildrens.org_clinical_patient_luad.txt"
        path.write_text("\n".join(lines[:rows]), encoding="latin-1")
        return Tcga(folder, cancer="luad")

    return make


def two_copies(folder: Path) -> object:
    for name in ("old.csv", "new.csv"):
        header = "Patient ID,Pathological N stage\nR01-001,N0\n"
        (folder / name).write_text(header, encoding="utf-8")
    return Radiogenomics(folder)


KINDS: dict[str, Make] = {
    "no table": missing,
    "an empty table": content(b""),
    "a table with a header only": content(b"id,age,sex,n2\n"),
    "a row lacks a cell": table("B,55,m,1", "B,55,m"),
    "an unquoted separator in a cell": table("55", "55,5"),
    "an unclosed quote": table("B,", '"B,'),
    "a binary file named .csv": content(b"\x89HDF\r\n\x1a\n\0\0\0\0"),
    "an old Excel file": content(b"\xd0\xcf\x11\xe0", "clinical.xls"),
    "an Excel file with a password": content(
        b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "clinical.xlsx"
    ),
    "a damaged Excel file": content(b"PK\3\4", "clinical.xlsx"),
    "a web page named .xls": content(b"<html><table>", "clinical.xls"),
    "a file of SPSS": content(b"$FL2@(#)", "clinical.sav"),
    "a file of Stata": content(b"<stata_dta>", "clinical.dta"),
    "a cell far away from the table": far_cell,
    "a table of a million columns": content(b"," * 1_000_000),
    "a table in two encodings": content("id,age\nÄ,61\n".encode() + b"\xc4,61\n"),
    "a table in Cyrillic letters that are not UTF-8": content("id,Пол\nA,муж\n".encode("cp1251")),
    "a table in another encoding than stated": dictionary(
        "[columns.id]", '[table]\nencoding = "utf-16"\n[columns.id]'
    ),
    "a sheet that the workbook does not have": other_sheet,
    "an Excel formula without a computed value": formula,
    "a repeated id": table("C,", "A,"),
    "a row without an id": table("B,55", ",55"),
    "a repeated column": content(b"id,age,sex,n2,age\nA,61,f,0,61\n"),
    "a column of the dictionary that the table lacks": table("age", "Age (years)"),
    "text in a column of numbers": table("55", "about 55"),
    "a number with a decimal comma": table("B,55", 'B,"55,5"'),
    "a comma that may be of a thousand or a decimal": table("B,55", 'B,"1,234"'),
    "a blank between thousands": table("B,55", "B,1 234"),
    "a limit instead of a number": table("B,55", "B,<55"),
    "a number with its unit": table("B,55", "B,55 a"),
    "an underscore in a number": table("B,55", "B,5_5"),
    "a number that is too large": table("B,55", "B,1e300"),
    "infinity in a column of numbers": table("55", "inf"),
    "a spelling that is not a category": table("B,55,m", "B,55,male"),
    "a feature that is known only after surgery": dictionary('unit = "a"', 'known = "after"'),
    "a feature whose name suggests survival": survival,
    "pathological N categories as a feature": pathological_nodes,
    "a misspelled key in the dictionary": dictionary("categories", "categorys"),
    "an encoding that does not exist": dictionary(
        "[columns.id]", '[table]\nencoding = "utf8x"\n[columns.id]'
    ),
    "a mapped value that is not a category": dictionary(
        '["f", "m"]', '["f", "m"]\nvalues = {"w" = "female"}'
    ),
    "a role that does not exist": dictionary('"feature"', '"predictor"'),
    "a dictionary without an id": dictionary(
        'role = "id"', 'role = "feature"\nkind = "continuous"'
    ),
    "a dictionary that is not TOML": dictionary("[columns.age]", "[columns.age"),
    "a target without a label": dictionary('label = "n2"\n', ""),
    "a misspelled setting in a benchmark file": benchmark("fold = 5\n"),
    "a benchmark of one fold": benchmark("folds = 1\n"),
    "a use of cases without images that does not exist": benchmark('missing_images = "drop"\n'),
    "no case with images where the others are excluded": exclude_all,
    "a window with its limits reversed": benchmark("window = [400, -1000]\n"),
    "a truncated benchmark file": benchmark('target = "n'),
    "a choice without its value": choice("synthetic:n"),
    "text instead of a number": choice("synthetic:n=many"),
    "an unknown parameter of the data set": choice("synthetic:cases=80"),
    "a missing parameter": choice("table"),
    "a truncated TCGA file": biotab(2),
    "a TCGA file without patients": biotab(3),
    "a TCGA folder without its files": lambda folder: Tcga(folder),
    "two tables of NSCLC Radiogenomics in one folder": two_copies,
}

_LOGISTIC = ("--baseline", "logistic", "--only")
_RUN = ("run", "--dataset", "table:path=clinical.csv,columns=columns.toml", *_LOGISTIC)
COMMANDS: dict[str, tuple[str, ...]] = {
    "a row lacks a cell": _RUN,
    "a spelling that is not a category": _RUN,
    "a dictionary that is not TOML": _RUN,
    "a misspelled setting in a benchmark file": ("run", "--config", "benchmark.toml", *_LOGISTIC),
    "an unknown parameter of the data set": (
        "run",
        "--dataset",
        "synthetic:cases=80",
        *_LOGISTIC,
    ),
}
