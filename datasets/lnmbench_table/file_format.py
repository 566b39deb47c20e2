"""Format of a file of a table, by its content: Excel, text, or one that is not read."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from lnmbench import UserError

TEXT_SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".dat")
EXCEL_SUFFIXES = (".xlsx", ".xlsm")

_ZIP = b"PK"
_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SAVE = "save it as .xlsx or as CSV (UTF-8)"
# beginnings of files, their names, and the next step
_OTHERS = (
    (b"$FL2", "an SPSS file", "export it from SPSS as CSV with value labels"),
    (b"$FL3", "an SPSS file", "export it from SPSS as CSV with value labels"),
    (b"<stata_dta>", "a Stata file", "export it with export delimited"),
    (b"HEADER RECORD*******", "a SAS transport file", "export it with PROC EXPORT as CSV"),
    (b"%PDF", "a PDF", _SAVE),
    (b"{\\rtf", "an RTF document", _SAVE),
    (b"PAR1", "a Parquet file", _SAVE),
    (b"SQLite format 3", "an SQLite database", _SAVE),
    (b"\x89HDF", "an HDF5 file", _SAVE),
)
_BY_SUFFIX = {
    ".sav": ("an SPSS file", "export it from SPSS as CSV with value labels"),
    ".zsav": ("an SPSS file", "export it from SPSS as CSV with value labels"),
    ".por": ("an SPSS file", "export it from SPSS as CSV with value labels"),
    ".dta": ("a Stata file", "export it with export delimited"),
    ".sas7bdat": ("a SAS file", "export it with PROC EXPORT as CSV"),
    ".xpt": ("a SAS transport file", "export it with PROC EXPORT as CSV"),
    ".rds": ("an R file", "export it with write.csv"),
    ".rdata": ("an R file", "export it with write.csv"),
    ".xls": ("an old Excel file (.xls)", _SAVE),
    ".xlsb": ("a binary Excel file (.xlsb)", _SAVE),
    ".ods": ("an OpenDocument table", _SAVE),
    ".numbers": ("a Numbers file", _SAVE),
    ".mdb": ("an Access database", _SAVE),
    ".accdb": ("an Access database", _SAVE),
}


def is_excel(content: bytes, path: Path) -> bool:
    """Return whether a file is an Excel workbook; otherwise it is text.

    The content decides, whatever the name of the file is. Raises `UserError` for other formats,
    with the next step.
    """
    suffix = _get_suffix(path)
    if content.startswith(_ZIP):
        _require_workbook(content, path)
        return True
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            raise UserError(
                f"{path} is protected by a password", then="save it again without a password"
            )
        _refuse(path, *_BY_SUFFIX[".xls"])
    for beginning, name, then in _OTHERS:
        if content.startswith(beginning):
            _refuse(path, name, then)
    if suffix in _BY_SUFFIX and not (suffix == ".xls" and _is_text(content)):
        _refuse(path, *_BY_SUFFIX[suffix])
    if content.lstrip()[:200].lower().startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        _refuse(path, "a web page or XML", _SAVE)
    if suffix in EXCEL_SUFFIXES and not _is_text(content):
        raise UserError(f"{path} is not a readable Excel file", then="save it again")
    if suffix not in (*TEXT_SUFFIXES, *EXCEL_SUFFIXES, ".xls"):
        raise UserError(
            f"cannot read {path}",
            expected=f"a table ({', '.join(TEXT_SUFFIXES + EXCEL_SUFFIXES)})",
            got=repr(suffix[:40]),
            then=_SAVE,
        )
    return False


def is_tab_separated(path: Path) -> bool:
    """Return whether the name says that tabs separate the cells."""
    return _get_suffix(path) in (".tsv", ".tab")


def _get_suffix(path: Path) -> str:
    name = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    return name.suffix.lower()


def _is_text(content: bytes) -> bool:
    return bool(content.strip()) and (
        b"\0" not in content[:4096] or content[:2] in (b"\xff\xfe", b"\xfe\xff")
    )


def _refuse(path: Path, name: str, then: str) -> None:
    raise UserError(f"{path} is {name}", expected="CSV, TSV or .xlsx", then=then)


def _require_workbook(content: bytes, path: Path) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            mimetype = archive.read("mimetype")[:80] if "mimetype" in names else b""
    except (
        zipfile.BadZipFile,
        OSError,
        RuntimeError,
        NotImplementedError,
        EOFError,
        ValueError,
    ) as error:
        raise UserError(
            f"{path} is not a readable Excel file",
            got=type(error).__name__,
            then="save it again as .xlsx or CSV",
        ) from error
    if b"opendocument" in mimetype:
        _refuse(path, *_BY_SUFFIX[".ods"])
    if "xl/workbook.bin" in names:
        _refuse(path, *_BY_SUFFIX[".xlsb"])
    if not any(name.casefold().endswith("workbook.xml") for name in names):
        _refuse(path, "a ZIP archive without a workbook", "unpack it and give the path of a table")
