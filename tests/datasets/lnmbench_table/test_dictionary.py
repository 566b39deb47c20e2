"""The dictionary of a table: what is refused, and the message."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lnmbench_table.dictionary import Dictionary, parse_dictionary, read_dictionary

from lnmbench import UserError

ID = '[columns.case]\nrole = "id"\n'


def test_known_follows_the_role_unless_it_is_given(
    parse_columns: Callable[[str], Dictionary],
) -> None:
    found = parse_columns(
        '[columns.age]\nrole = "feature"\nkind = "continuous"\n'
        '[columns.size]\nrole = "aux"\nkind = "continuous"\nlabel = "size"\n'
        '[columns.ct]\nrole = "aux"\nkind = "continuous"\nlabel = "ct"\nknown = "before"\n'
    )
    assert [column.known for column in found.columns] == ["before", "after", "before"]


def test_a_feature_has_the_modality_of_its_section(
    parse_columns: Callable[[str], Dictionary],
) -> None:
    columns = parse_columns(
        '[columns.age]\nrole = "feature"\nkind = "continuous"\n'
        '[columns.suvmax]\nrole = "feature"\nkind = "continuous"\nmodality = "pet"\n'
    ).columns
    assert [column.modality for column in columns] == ["clinical", "pet"]


def test_a_report_needs_nothing_but_its_role(parse_columns: Callable[[str], Dictionary]) -> None:
    (bare, chosen) = parse_columns(
        '[columns.report]\nrole = "report"\n'
        '[columns.second]\nrole = "report"\nreader = "ct:language=zh"\n'
    ).columns
    assert (bare.role, bare.reader) == ("report", None)
    assert chosen.reader == "ct:language=zh"


def test_a_postoperative_feature_is_refused_with_its_section(
    refuse_columns: Callable[[str], str],
) -> None:
    message = refuse_columns(
        '[columns.grade]\nrole = "feature"\nkind = "continuous"\nknown = "after"\n'
    )
    assert "[columns.grade]" in message
    assert "known only after surgery" in message


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ('kind = "continuous"', "key 'role' is missing"),
        ('role = "feture"', "'feature'"),
        ('role = "feature"', "key 'kind' is missing"),
        ('role = "feature"\nkind = "number"', "'continuous'"),
        ('role = "target"\nkind = "binary"\ncategories = ["0", "1"]', "needs a label"),
        ('role = "feature"\nkind = "continuous"\nlabel = "n2"', "takes no label"),
        ('role = "feature"\nkind = "binary"\ncategories = ["a"]', "at least two"),
        ('role = "feature"\nkind = "binary"\ncategories = ["a", "b", "c"]', "binary"),
        ('role = "feature"\nkind = "nominal"\ncategories = ["a", "a"]', "occurs twice"),
        ('role = "feature"\nkind = "nominal"\ncategories = ["a", "b"]\nmissing = ["a"]', "both"),
        ('role = "feature"\nkind = "continuous"\ncategories = ["a", "b"]', "no categories"),
        ('role = "feature"\nkind = "binary"\ncategories = [true, false]', "in quotes"),
        ('role = "feature"\nkind = "binary"\ncategories = "ab"', "tuple"),
        ('role = "feature"\nkind = "binary"\ncategories = [["a"], "b"]', "categories[0]"),
        ('role = "id"', "one id column"),
        ('role = "report"\nkind = "nominal"', "takes no kind"),
        ('role = "center"\nkind = "nominal"', "'center' takes no kind"),
        ('role = "patient"\nunit = "mm"', "'patient' takes no kind"),
        ('role = "report"\nknown = "after"', "known = before"),
        ('role = "feature"\nkind = "continuous"\nreader = "ct"', "expected role report"),
    ],
)
def test_a_wrong_section_is_refused(
    section: str, message: str, refuse_columns: Callable[[str], str]
) -> None:
    assert message in refuse_columns(f"[columns.x]\n{section}\n")


def test_two_columns_must_not_serve_one_label(refuse_columns: Callable[[str], str]) -> None:
    section = '[columns.{}]\nrole = "target"\nkind = "continuous"\nlabel = "n2"\n'
    assert "the label 'n2'" in refuse_columns(section.format("a") + section.format("b"))


@pytest.mark.parametrize("text", ["", "# [columns.age]\n", "[columns]\n"])
def test_a_dictionary_describes_a_column(text: str) -> None:
    with pytest.raises(UserError, match="describes no column"):
        parse_dictionary(text, Path("columns.toml"))


def test_one_id_is_needed() -> None:
    with pytest.raises(UserError, match="one id column"):
        parse_dictionary('[columns.x]\nrole = "patient"\n', Path("columns.toml"))


def test_all_errors_of_a_dictionary_come_at_once() -> None:
    with pytest.raises(UserError) as refusal:
        parse_dictionary(
            '[columns.id]\nrole = "id"\nkidn = 1\n[columns.age]\nrole = "feture"\n[card]\nx = 1\n',
            Path("columns.toml"),
        )
    head, *lines = str(refusal.value).splitlines()
    assert head == "3 errors in columns.toml:"
    assert sorted(line.split("'")[1] for line in lines) == ["kidn", "role", "x"]
    with pytest.raises(UserError, match=r"2 errors in columns.toml:\n.*needs a label.*\n.*one id"):
        parse_dictionary(
            '[columns.n]\nrole = "target"\nkind = "continuous"\n', Path("columns.toml")
        )


@pytest.mark.parametrize("name", ["clinical.T.Stage", "a.b", "x." * 12 + "y"])
def test_names_with_dots_need_quotes(name: str, refuse_columns: Callable[[str], str]) -> None:
    message = refuse_columns(f'[columns.{name}]\nrole = "feature"\nkind = "continuous"\n')
    assert f'put it in quotes: [columns."{name[:30]}' in message


def test_broken_files_are_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "columns.toml"
    with pytest.raises(UserError, match="No such file"):
        read_dictionary(path)
    path.write_bytes(b"[columns.x\n")
    with pytest.raises(UserError, match="not valid TOML"):
        read_dictionary(path)
    path.write_bytes(b"[columns.\xe9]\n")
    with pytest.raises(UserError, match="not UTF-8"):
        read_dictionary(path)
    path.write_bytes(b"")
    with pytest.raises(UserError, match="describes no column"):
        read_dictionary(path)


def test_a_byte_order_mark_is_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "columns.toml"
    path.write_bytes(b"\xef\xbb\xbf" + ID.encode())
    assert read_dictionary(path).id == "case"


AGE = '[columns.age]\nrole = "feature"\nkind = "continuous"\n'
SEX = '[columns.sex]\nrole = "feature"\nkind = "binary"\ncategories = ["f", "m"]\n'


def test_marks_of_numbers_are_those_of_the_column_or_else_of_the_table(
    parse_columns: Callable[[str], Dictionary],
) -> None:
    dictionary = parse_columns(
        '[table]\ndecimal = ","\nencoding = "cp1252"\n'
        f'{AGE}{SEX}[columns.cea]\nrole = "feature"\nkind = "continuous"\ndecimal = "."\n'
    )
    assert [conversion.decimal for conversion in dictionary.conversions] == [",", ",", "."]
    assert dictionary.layout.encoding == "cp1252"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[table]\ndecimals = ","\n', "did you mean decimal?"),
        ('[table]\nencoding = "utf8x"\n', "the name of an encoding"),
        ('[table]\nencoding = "rot13"\n', "the name of an encoding"),
        (f'[table]\ndecimal = ","\nthousands = ","\n{AGE}', "are both ','"),
        (f'{AGE}thousands = "."\n', "are both '.'"),
        ("[table]\nheader = 0\n", "key 'header'"),
        (f'{AGE}decimal = ";"\n', "key 'decimal'"),
        (f'{SEX}decimal = ","\n', "only a continuous column takes decimal"),
        (f'{AGE}values = {{"k.A." = "none"}}\n', "a number"),
        (f'{SEX}values = {{"w" = "female"}}\n', "one of the categories"),
        (f'{SEX}values = {{"w" = "f", "W" = "f"}}\n', "two keys of values"),
        (f'{SEX}values = {{"w" = true}}\n', "in quotes"),
        (f'{SEX}values = {{"w" = ["f"]}}\n', "values[w]"),
        (f'{SEX}missing = ["F"]\n', "both a category and missing"),
        ('[columns.r]\nrole = "report"\nvalues = {"-" = ""}\n', "takes no values"),
    ],
)
def test_a_wrong_mark_or_mapped_value_is_refused(
    text: str, message: str, refuse_columns: Callable[[str], str]
) -> None:
    assert message in refuse_columns(text)
