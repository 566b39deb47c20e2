"""The dictionary of a table: role, kind and spellings of each column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lnmbench import Column, UserError
from lnmbench.errors import nearest, raise_all
from lnmbench.records import UNCODED_ROLES
from lnmbench.tables import clean_cell
from lnmbench.text import fold_spelling, join_spelling
from lnmbench.toml_file import parse_toml, read_toml
from lnmbench_table.conversion import Conversion
from lnmbench_table.layout import Layout
from lnmbench_table.sections import (
    CardSection,
    ColumnSection,
    DictionaryFile,
    format_section_header,
    parse_sections,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dictionary:
    """Descriptions of the columns of a table. `id` is the header of the column of case ids.

    `conversions` are those of the columns in their order. `undated` are the features whose
    sections do not have the key `known`.
    """

    id: str
    columns: tuple[Column, ...]
    conversions: tuple[Conversion, ...]
    layout: Layout
    undated: tuple[Column, ...]
    card: CardSection


def read_dictionary(path: Path) -> Dictionary:
    """Read and check a dictionary.

    Raises `UserError` with the file, the section and the key, for all of its errors at once.
    """
    return _make_dictionary(parse_sections(read_toml(path), path), path)


def parse_dictionary(text: str, path: Path) -> Dictionary:
    """Parse the text of a dictionary; `path` is for error messages."""
    return _make_dictionary(parse_sections(parse_toml(text, path), path), path)


def _make_dictionary(file: DictionaryFile, path: Path) -> Dictionary:
    conversions, undated, errors = [], [], []
    for key, section in file.columns.items():
        name = clean_cell(key)
        try:
            where = f"{path}, {format_section_header('columns', name)}"
            column = _make_column(name, section, where)
            conversions.append(_make_conversion(column, section, file.table, where))
        except UserError as error:
            errors.append(error)
            continue
        if column.role == "feature" and section.known is None:
            undated.append(column)
    raise_all([*errors, *_check_columns(file, path)], str(path))
    return Dictionary(
        id=next(c.column.name for c in conversions if c.column.role == "id"),
        columns=tuple(c.column for c in conversions if c.column.role != "id"),
        conversions=tuple(c for c in conversions if c.column.role != "id"),
        layout=file.table,
        undated=tuple(undated),
        card=file.card,
    )


def _check_columns(file: DictionaryFile, path: Path) -> Iterator[UserError]:
    """Yield an error for each name, label or role that only one column may have."""
    sections = [(clean_cell(key), section) for key, section in file.columns.items()]
    yield from _find_repeated("name", [(name, name) for name, _ in sections], path)
    labels = [(s.label, name) for name, s in sections if s.label and s.role in ("target", "aux")]
    yield from _find_repeated("label", labels, path)
    for role in ("patient", "center"):
        yield from _find_repeated("role", [(role, n) for n, s in sections if s.role == role], path)
    ids = sum(section.role == "id" for _, section in sections)
    if ids != 1:
        yield UserError(
            "the dictionary needs one id column",
            where=str(path),
            expected='exactly one section with role = "id"',
            got=f"{ids}",
        )


def _make_column(name: str, section: ColumnSection, where: str) -> Column:
    is_coded = section.role not in UNCODED_ROLES
    is_label = section.role in ("target", "aux")
    if is_coded and section.kind is None:
        raise UserError("key 'kind' is missing", where=where, expected="continuous, ordinal, …")
    if is_label and not section.label:
        raise UserError(
            f"role {section.role!r} needs a label", where=where, expected="n1, n2, pn, pt, …"
        )
    if section.label and not is_label:
        raise UserError(f"role {section.role!r} takes no label", where=where)
    _check_spellings(section, where)
    try:
        return Column(
            name=name,
            role=section.role,
            kind=section.kind or "nominal",
            label=section.label,
            unit=section.unit,
            categories=section.categories,
            missing=section.missing,
            known=section.known or ("after" if is_label else "before"),
            description=section.description,
            reader=section.reader,
            modality=section.modality,
        )
    except UserError as error:
        raise UserError(f"{where}: {error}") from error


def _make_conversion(
    column: Column, section: ColumnSection, layout: Layout, where: str
) -> Conversion:
    is_number = column.role not in UNCODED_ROLES and column.kind == "continuous"
    if (section.decimal or section.thousands) and not is_number:
        raise UserError(
            "only a continuous column takes decimal and thousands",
            where=where,
            then="remove them; categories are compared as they are spelled",
        )
    _check_values(column, section, where)
    decimal = section.decimal or layout.decimal or "."
    thousands = section.thousands or (layout.thousands if section.decimal is None else None)
    if is_number and thousands == decimal:
        raise UserError(f"decimal and thousands are both {decimal!r}", where=where)
    return Conversion(
        column=column,
        decimal=decimal,
        thousands=thousands,
        values=section.values,
    )


def _check_values(column: Column, section: ColumnSection, where: str) -> None:
    """Raise `UserError` for a mapped value that the column cannot hold."""
    if column.role in ("id", "report") and section.values:
        raise UserError(f"role {column.role!r} takes no values", where=where)
    repeated = [s for s, n in Counter(map(join_spelling, section.values)).items() if n > 1]
    if repeated:
        raise UserError(f"two keys of values are {repeated[0][:40]!r}", where=where)
    if not all(map(str.strip, section.values)):
        raise UserError("values maps an empty cell, which is always missing", where=where)
    if column.role in UNCODED_ROLES:
        return
    for spelling, value in section.values.items():
        try:
            column.encode(value)
        except UserError as error:
            raise UserError(
                f"values maps {spelling[:40]!r} to {value[:40]!r}",
                where=where,
                expected='a number, or "" for missing'
                if column.kind == "continuous"
                else 'one of the categories, or "" for missing',
                then="" if column.kind == "continuous" else nearest(value, column.categories),
            ) from error


def _check_spellings(section: ColumnSection, where: str) -> None:
    if section.role in UNCODED_ROLES and (section.kind or section.categories or section.unit):
        raise UserError(
            f"role {section.role!r} takes no kind, categories or unit",
            where=where,
            then="remove them; the reader (key reader) defines the columns of a report"
            if section.role == "report"
            else "remove them; the cells are used as they are",
        )
    if section.kind == "continuous" and section.categories:
        raise UserError("a continuous column takes no categories", where=where)
    categories = Counter(map(fold_spelling, section.categories))
    repeated = [category for category, count in categories.items() if count > 1]
    if repeated:
        raise UserError(
            f"the category {repeated[0][:40]!r} occurs twice",
            where=where,
            expected="categories that differ in more than upper and lower case and blanks",
        )
    both = set(categories) & set(map(fold_spelling, section.missing))
    if both:
        raise UserError(f"{min(both)[:40]!r} is both a category and missing", where=where)


def _find_repeated(attribute: str, pairs: list[tuple[str, str]], path: Path) -> Iterator[UserError]:
    columns: dict[str, str] = {}
    for key, column in pairs:
        if key in columns:
            yield UserError(
                f"two columns have the {attribute} {key[:40]!r}",
                where=str(path),
                got=f"{columns[key][:40]!r} and {column[:40]!r}",
            )
        columns.setdefault(key, column)
