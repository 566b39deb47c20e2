"""TOML files of users: encodings of editors, slips, bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.toml_file import parse_toml, read_toml

TEXT = '[columns."Größe"]\nrole = "feature"\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_files_of_windows_editors_are_read(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "columns.toml"
    path.write_bytes(TEXT.replace("\n", "\r\n").encode(encoding))
    assert read_toml(path) == {"columns": {"Größe": {"role": "feature"}}}


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "columns.toml"
    with pytest.raises(UserError, match="No such file"):
        read_toml(path)
    path.write_bytes(TEXT.encode("cp1252"))
    with pytest.raises(UserError, match=r"columns.toml is not UTF-8 \(line 1\); save it as UTF-8"):
        read_toml(path)
    path.write_bytes(TEXT.encode("utf-16-le"))
    with pytest.raises(UserError, match="got NUL characters; save it as UTF-8"):
        read_toml(path)
    path.write_bytes(b"#" * ((1 << 24) + 1))
    with pytest.raises(UserError, match="is too large"):
        read_toml(path)


@pytest.mark.parametrize("text", ["a = " + "[" * 10_000, "a = " + "{b = " * 10_000])
def test_deep_nesting_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="nested too deeply"):
        parse_toml(text, Path("t.toml"))


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("[columns.Größe]", "in quotes"),
        ("[columns.CT report]", "names with blanks in quotes"),
        ("[columns.a]\nb = 1\n[columns.a]", "remove one of the two sections"),
        ("role = “feature”", "straight quotes"),
        ("role = ‘feature’", "straight quotes"),
        ("role = feature", "put text in quotes"),
        ('role: "feature"', "write = instead of a colon"),
        ('path = "C:\\data"', "single quotes"),
        ('role = "feature', "close the quotes"),
        ("strict = True", "write true or false"),
        ("limit = 1,5", "a decimal point"),
        ('values = {"a" = 1,\n"b" = 2}', "on one line"),
        ('\u00a0role = "a"', "invisible blanks"),
    ],
)
def test_slips_are_named_with_their_remedy(text: str, remedy: str) -> None:
    with pytest.raises(UserError, match=r"t.toml is not valid TOML \(line \d\)") as refusal:
        parse_toml(text, Path("t.toml"))
    assert remedy in str(refusal.value).partition("; ")[2]
