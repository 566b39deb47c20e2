"""The dictionary of a table: which column is what."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lnmbench import Column, UserError
from lnmbench.errors import reading
from lnmbench.records import UNCODED_ROLES
from lnmbench_table.sections import CardSection, ColumnSection, parse_sections, section_header


@dataclass(frozen=True, slots=True, kw_only=True)
class Dictionary:
    """What the columns of a table are. `id` is the header of the column of case ids.

    `undated` are the features whose sections do not say when they are known.
    """

    id: str
    columns: tuple[Column, ...]
    undated: tuple[Column, ...]
    card: CardSection


def read_dictionary(path: Path) -> Dictionary:
    """Read and check a dictionary. Raises `UserError` with the file, the section and the key."""
    try:
        with reading(path):
            text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8", then="save it as UTF-8") from error
    return parse_dictionary(text, path)


def parse_dictionary(text: str, path: Path) -> Dictionary:
    """Parse the text of a dictionary; `path` is what errors call it."""
    file = parse_sections(text, path)
    stripped = [name.strip() for name in file.columns]
    _unique("name", [(name, name) for name in stripped], path)
    columns = [
        _column(name, section, f"{path}, {section_header('columns', name)}")
        for name, section in zip(stripped, file.columns.values(), strict=True)
    ]
    _unique("label", [(c.label, c.name) for c in columns if c.label], path)
    for role in ("patient", "center"):
        _unique("role", [(role, c.name) for c in columns if c.role == role], path)
    return Dictionary(
        id=_id_column(columns, path),
        columns=tuple(column for column in columns if column.role != "id"),
        undated=tuple(
            column
            for column, section in zip(columns, file.columns.values(), strict=True)
            if column.role == "feature" and section.known is None
        ),
        card=file.card,
    )


def _column(name: str, section: ColumnSection, where: str) -> Column:
    tabular = section.role not in UNCODED_ROLES
    labeled = section.role in ("target", "aux")
    if tabular and section.kind is None:
        raise UserError("key 'kind' is missing", where=where, expected="continuous, ordinal, …")
    if labeled and not section.label:
        raise UserError(
            f"role {section.role!r} needs a label", where=where, expected="n1, n2, pn, pt, …"
        )
    if section.label and not labeled:
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
            known=section.known or ("after" if labeled else "before"),
            description=section.description,
            reader=section.reader,
        )
    except UserError as error:
        raise UserError(f"{where}: {error}") from error


def _check_spellings(section: ColumnSection, where: str) -> None:
    if section.role == "report" and (section.kind or section.categories or section.unit):
        raise UserError(
            "a report takes no kind, categories or unit",
            where=where,
            then="its reader brings columns of its own; reader = names it",
        )
    if section.kind == "continuous" and section.categories:
        raise UserError("a continuous column takes no categories", where=where)
    if len(set(section.categories)) < len(section.categories):
        raise UserError("a category stands twice", where=where)
    both = set(section.categories) & set(section.missing)
    if both:
        raise UserError(f"{min(both)[:40]!r} is both a category and missing", where=where)


def _unique(what: str, pairs: list[tuple[str, str]], path: Path) -> None:
    seen: dict[str, str] = {}
    for key, column in pairs:
        if key in seen:
            raise UserError(
                f"two columns have the {what} {key!r}", where=str(path), got=f"also {column!r}"
            )
        seen[key] = column


def _id_column(columns: list[Column], path: Path) -> str:
    ids = [column.name for column in columns if column.role == "id"]
    if len(ids) != 1:
        raise UserError(
            "the dictionary needs one id column",
            where=str(path),
            expected='exactly one section with role = "id"',
            got=f"{len(ids)}",
        )
    return ids[0]
